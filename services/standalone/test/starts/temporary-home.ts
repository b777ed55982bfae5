import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {endSurvivors} from '@broadside/servers'
import {onTestFinished} from 'vitest'
import {choosePorts} from '../../src/home.ts'
import {launch, whenReady, type ChildOptions, type StandaloneChild} from './start-child.ts'
import type {Program} from '@broadside/testkit'

/**
 * A folder for one test, with a space in its path as people have them; it goes when the test ends, and so do servers
 * that run in it. Ask for it before starting anything, since what was asked for last ends first.
 */
export async function temporaryFolder(name = 'broadside home'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`))
  onTestFinished(async () => {
    await endSurvivors(folder)
    await rm(folder, {recursive: true, force: true})
  })
  return folder
}

/** Such a folder for an installation that leaves the usual ports to others. */
export async function temporaryHome(): Promise<string> {
  const home = await temporaryFolder()
  await choosePorts(home, {anew: true, skip: [], preferred: false})
  return home
}

/** Starts Broadside for one test; it is gone when the test ends, however it ends. */
export async function start(options: ChildOptions): Promise<StandaloneChild> {
  return whenReady(tryStart(options), options.home)
}

/** The same, for a start that is not expected to come to anything. */
export function tryStart(options: ChildOptions): Program {
  const child = launch(options)
  onTestFinished(child.kill)
  return child
}
