import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {delimiter, join} from 'node:path'
import {promisify} from 'node:util'

const run = promisify(execFile)
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

/**
 * The path of a Chromium: that of `BROADSIDE_CHROMIUM`, else one on PATH, else Debian's, which is installed where this
 * process may. Throws with what to install where there is none.
 */
export async function findChromium(): Promise<string> {
  const given = process.env['BROADSIDE_CHROMIUM']
  if (given) return given
  const found = onPath()
  if (found !== undefined) return found
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = {...process.env, DEBIAN_FRONTEND: 'noninteractive'}
    await run('apt-get', ['-q', 'update'], {env, timeout: 120_000})
    await run('apt-get', ['-q', 'install', '-y', '--no-install-recommends', 'chromium'], {env, timeout: 600_000})
    const installed = onPath()
    if (installed !== undefined) return installed
  }
  throw new Error(
    'These tests need a Chromium: install the package `chromium`, or name a program in BROADSIDE_CHROMIUM.',
  )
}

function onPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}
