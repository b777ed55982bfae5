/**
 * Has V8 give the pages of its heap that it does not use back to the system: once a heap has been large, it keeps them
 * for as long as the process works. Takes some ten milliseconds, in which nothing else runs, so it is for the end of
 * work that comes seldom and holds much. A repeat finds little to do; a Node without an inspector does nothing.
 */
export async function giveBackMemory(): Promise<void> {
  if (!process.features.inspector) return
  const {Session} = await import('node:inspector/promises')
  const session = new Session()
  session.connect()
  try {
    await session.post('HeapProfiler.collectGarbage')
  } finally {
    session.disconnect()
  }
}
