import type {Change} from '@broadside/git'
import {pageAddress} from '@broadside/site'
import type {Touched} from './follow-history.ts'
import type {SourceReader} from './source-reader.ts'

/** Notes the addresses that pages had at commits on the way, with the file that said so last. */
export async function notePages(
  {pageAddresses}: Pick<Touched, 'pageAddresses'>,
  reader: SourceReader,
  changes: Change[],
): Promise<void> {
  const files = changes.filter(({kind}) => kind !== 'delete')
  const read = await reader.read(files.map(({path, oid}) => ({kind: 'page', path, oid})))
  for (const [n, {path, oid}] of files.entries()) {
    const meta = read[n]?.meta
    if (meta === undefined || meta.draft) continue
    const had = pageAddresses.get(path) ?? new Map<string, string>()
    pageAddresses.set(path, had.set(pageAddress(meta), oid))
  }
}

/**
 * The addresses that pages had on the way and that are not those of their last files, which are judged: a page that
 * waits for an address has never been there.
 */
export function pagesOnTheWay({pages, pageAddresses}: Pick<Touched, 'pages' | 'pageAddresses'>): string[] {
  return [...pageAddresses].flatMap(([path, had]) =>
    [...had].flatMap(([address, oid]) => (pages.get(path) === oid ? [] : [address])),
  )
}
