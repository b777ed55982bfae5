import {setTimeout as delay} from 'node:timers/promises'
import type {ObjectHeaders, Objects} from '@broadside/objects'

export type Write = {key: string; body: Uint8Array; headers: ObjectHeaders}

/** What a test may change at any time, and what it may count. */
export type ObjectsControl = {
  /** Puts go one after another, each this long, ms; 0 lets them through as they come. */
  putMs: number
  /** Called before a put; what it throws the put throws, what it waits for the put waits for. */
  beforePut: (key: string, signal: AbortSignal | undefined) => Promise<void> | void
  /** Called when a put has leave to show what it wrote, and before it does. */
  afterLeave: (key: string) => Promise<void> | void
  /** Puts that were done, in their order. */
  puts: Write[]
  /** Keys that were deleted, in their order. */
  deletes: string[]
}

export function createObjectsControl(): ObjectsControl {
  return {putMs: 0, beforePut: () => {}, afterLeave: () => {}, puts: [], deletes: []}
}

/** The same objects, as slow and as broken as `control` says, with every change written down. */
export function slowObjects(objects: Objects, control: ObjectsControl): Objects {
  let last: Promise<unknown> = Promise.resolve()

  async function slowPut(...[key, body, headers, options]: Parameters<Objects['put']>) {
    await control.beforePut(key, options?.signal)
    if (control.putMs > 0) await delay(control.putMs)
    const beforeVisible = async () => {
      await options?.beforeVisible?.()
      await control.afterLeave(key)
    }
    const answer = await objects.put(key, body, headers, {...options, beforeVisible})
    control.puts.push({key, body, headers})
    return answer
  }

  return {
    capabilities: objects.capabilities,
    put(...call) {
      const run = control.putMs > 0 ? last.then(() => slowPut(...call)) : slowPut(...call)
      last = run.catch(() => undefined)
      return run
    },
    get: (key, options) => objects.get(key, options),
    head: (key, options) => objects.head(key, options),
    async delete(keys, options) {
      await objects.delete(keys, options)
      control.deletes.push(...keys)
    },
    list: (prefix, options) => objects.list(prefix, options),
    describe: () => objects.describe(),
    close: () => objects.close(),
  }
}
