const maxPaths = 200
const maxBytes = 24_000

/** The first of the paths, as many as an event has room for: it is a hint of what changed, never the list to work by. */
export function toldPaths(paths: string[]): string[] {
  let bytes = 0
  const told = paths.slice(0, maxPaths)
  const end = told.findIndex((path) => (bytes += Buffer.byteLength(JSON.stringify(path)) + 1) > maxBytes)
  return end < 0 ? told : told.slice(0, end)
}
