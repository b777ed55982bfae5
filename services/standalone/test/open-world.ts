import {onTestFinished, vi} from 'vitest'
import {createObjectsControl, slowObjects, type ObjectsControl} from '@broadside/testkit'
import {startWorld, type World, type WorldOptions} from './start-world.ts'

// A world is seven services and two servers; each wait has a shorter deadline of its own that says what did not come.
vi.setConfig({testTimeout: 60_000})

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
