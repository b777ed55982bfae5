import type {Diagnostic, PostMeta} from '@broadside/content'
import {openEnd, type PageVersionsTable} from '@broadside/ledger'
import {isReserved, pageAddress} from '@broadside/site'
import {ownHolder} from './judge-addresses.ts'
import {metaOf} from './said.ts'
import type {ReadSource} from './source-reader.ts'

/** A page's file as it was read; without a source it is gone. */
export type TouchedPage = {path: string; file: {oid: string; source: ReadSource} | undefined}

export type PageCandidate = {path: string; oid: string; source: ReadSource; meta: PostMeta; address: string}

export type JudgedPages = {
  accepted: PageCandidate[]
  gone: string[]
  /** Present pages whose newest file cannot be taken: their last good version stays. */
  broken: string[]
  /** Of those, the ones that wait for an address. */
  waiting: {path: string; oid: string; address: string}[]
  diagnostics: Diagnostic[]
}

/**
 * Judges the pages that were touched: whoever holds an address keeps it, then the first by path has it, and no page
 * takes a post's.
 *
 * `current` are the versions that hold, `holderAt` tells the file that has an address besides them.
 */
export function judgePages(
  touched: TouchedPage[],
  current: ReadonlyMap<string, Pick<PageVersionsTable, 'address'>>,
  holderAt: (address: string) => string | undefined,
): JudgedPages {
  const judged: JudgedPages = {accepted: [], gone: [], broken: [], waiting: [], diagnostics: []}
  const kept = new Map<string, string>()
  const keep = (path: string): void => {
    const version = current.get(path)
    if (version !== undefined) kept.set(version.address, path)
  }
  const wanting: PageCandidate[] = []
  for (const {path, file} of touched) {
    judged.diagnostics.push(...(file?.source.diagnostics ?? []))
    const meta = file?.source.said && metaOf(file.source.said)
    if (file === undefined || meta?.draft === true) judged.gone.push(path)
    else if (meta === undefined) {
      judged.broken.push(path)
      keep(path)
    } else wanting.push({path, ...file, meta, address: pageAddress(meta)})
  }
  const holds = ({path, address}: PageCandidate): number => (current.get(path)?.address === address ? 0 : 1)
  const ordered = wanting.toSorted((a, b) => holds(a) - holds(b) || (a.path < b.path ? -1 : 1))
  for (;;) {
    const taken = new Map<string, string>()
    const blocked = new Map<PageCandidate, string>()
    for (const page of ordered) {
      const by = isReserved(page.address)
        ? ownHolder
        : [taken.get(page.address), kept.get(page.address), holderAt(page.address)].find(
            (file) => file !== undefined && file !== page.path,
          )
      if (by === undefined) taken.set(page.address, page.path)
      else blocked.set(page, by)
    }
    const before = kept.size
    for (const {path} of blocked.keys()) keep(path)
    if (kept.size > before) continue
    for (const page of ordered) {
      const by = blocked.get(page)
      if (by === undefined) judged.accepted.push(page)
      else refuse(judged, page, by)
    }
    return judged
  }
}

function refuse(judged: JudgedPages, {path, oid, address}: PageCandidate, by: string): void {
  judged.broken.push(path)
  judged.waiting.push({path, oid, address})
  judged.diagnostics.push({
    severity: 'error',
    code: 'page.address-taken',
    file: path,
    message: `its address ${address} belongs to ${by}`,
    cure: 'Give it another slug: or permalink: in its front matter',
  })
}

/** `updated` is told only by front matter: a page has no date of its own. */
export function toPageRow(site: string, revision: number, page: PageCandidate): PageVersionsTable {
  const {title, description, canonical, image, imageAlt, contents} = page.meta
  return {
    site,
    path: page.path,
    from_revision: revision,
    to_revision: openEnd,
    address: page.address,
    source_hash: page.source.hash,
    fragment_key: page.source.fragmentKey,
    meta: JSON.stringify({title, description, canonical, image, imageAlt, contents}),
    updated: page.meta.updated ?? null,
  }
}
