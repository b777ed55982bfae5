import type {Db} from '@broadside/ledger'
import type {Touched} from './follow-history.ts'
import type {TouchedPage} from './judge-pages.ts'
import {inChunks} from './in-chunks.ts'
import type {SourceReader} from './source-reader.ts'

type Reading = {db: Db; site: string; reader: SourceReader}

/** The pages that were touched, read. */
export async function readPages({reader}: Reading, {pages}: Pick<Touched, 'pages'>): Promise<TouchedPage[]> {
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
  const pages = new Map<string, string>()
  for (const chunk of inChunks(addresses)) {
    const rows = await reading.db
      .selectFrom('waiting_pages')
      .select(['path', 'oid'])
      .where('site', '=', reading.site)
      .where('address', 'in', chunk)
      .execute()
    for (const {path, oid} of rows) if (!known.has(path)) pages.set(path, oid)
  }
  return readPages(reading, {pages})
}
