import type {Touched} from './follow-history.ts'
import type {TouchedPage} from './judge-pages.ts'
import type {SourceReader} from './source-reader.ts'
import type {Standing} from './standing-on-the-way.ts'

type Reading = {reader: SourceReader; standing: Standing}

/** The pages that were touched, read. */
export async function readPages(
  {reader}: Pick<Reading, 'reader'>,
  {pages}: Pick<Touched, 'pages'>,
): Promise<TouchedPage[]> {
  const files = [...pages].flatMap(([path, oid]) => (oid === undefined ? [] : [{kind: 'page' as const, path, oid}]))
  const sources = await reader.read(files)
  const read = new Map(files.map(({path, oid}, n) => [path, {oid, source: sources[n]!}]))
  return [...pages.keys()].map((path) => ({path, file: read.get(path)}))
}

/** The pages that wait for one of these addresses, read, save those that are touched already. */
export async function readWaitingPages(
  reading: Reading,
  addresses: string[],
  touched: TouchedPage[],
): Promise<TouchedPage[]> {
  const known = new Set(touched.map(({path}) => path))
  const waiting = (await reading.standing.waitingPages(addresses)).filter(({path}) => !known.has(path))
  return readPages(reading, {pages: new Map(waiting.map(({path, oid}) => [path, oid]))})
}
