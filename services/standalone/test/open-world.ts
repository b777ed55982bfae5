import {onTestFinished} from 'vitest'
import {createObjectsControl, slowObjects, type ObjectsControl} from '@broadside/testkit'
import {startWorld, type World, type WorldOptions} from './start-world.ts'

/** A world for the test that calls, whose objects it can slow down, break and count; it ends with the test. */
export async function openWorld(options: WorldOptions = {}): Promise<World & {objects: ObjectsControl}> {
  const objects = createObjectsControl()
  const world = await startWorld({wrapObjects: (real) => slowObjects(real, objects), ...options})
  onTestFinished(() => world.stop())
  return Object.assign(Object.create(world) as World, {objects})
}

/** Settings of a site that mails nothing. */
export const withoutMail = {'broadside.yaml': 'title: Test site\ntimezone: UTC\n'}

/** A post of these lines of front matter. */
export function post(title: string, {body = `The text of ${title}.`, ...meta}: Record<string, string> = {}): string {
  const lines = Object.entries({title, ...meta}).map(([key, value]) => `${key}: ${value}\n`)
  return `---\n${lines.join('')}---\n\n${body}\n`
}
