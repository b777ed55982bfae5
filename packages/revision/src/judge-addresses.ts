import {isReserved} from '@broadside/site'
import {claims, type Candidate, type Held, type Since} from './candidate.ts'

/** Who has an address: a post by its id, or a page; `file` for the author to read. */
export type Holder = {post?: string; file: string}

export type Judged = {accepted: Candidate[]; blocked: {candidate: Candidate; by: string}[]}

/** Addresses that are Broadside's own belong to no file. */
export const ownHolder = 'Broadside itself'

/**
 * Gives each address to one post. First comes who holds it; then who is known by memory alone, as in a fresh publish,
 * where the others of an address wait; then who waits for it; then who had it first, and the older post. What is not
 * accepted stays as it is, at the address it has: who wants that one is not accepted either.
 *
 * `holderAt` tells who has an address besides the candidates.
 */
export function judgeAddresses(
  candidates: Candidate[],
  asOf: number,
  holderAt: (address: string) => Holder | undefined,
): Judged {
  const ordered = candidates.toSorted(byRight)
  const kept = new Map<string, Holder>()
  for (;;) {
    const judged = judgeOnce(ordered, (address) => kept.get(address) ?? holderAt(address))
    const before = kept.size
    for (const {candidate} of judged.blocked) {
      const current = keptBy(candidate, asOf)
      if (current !== undefined) kept.set(current.address, {post: candidate.record.id, file: current.path})
    }
    if (kept.size === before) return judged
  }
}

/** The version that a post which is not accepted stays at, where it takes up its address. */
export function keptBy({current}: Candidate, asOf: number): Held | undefined {
  if (current === undefined || !claims(current)) return undefined
  return current.expires !== null && current.expires <= asOf ? undefined : current
}

function judgeOnce(ordered: Candidate[], holderAt: (address: string) => Holder | undefined): Judged {
  const judged: Judged = {accepted: [], blocked: []}
  const taken = new Map<string, Candidate>()
  for (const candidate of ordered) {
    const {record, address} = candidate
    if (!claims(candidate)) {
      judged.accepted.push(candidate)
      continue
    }
    const before = taken.get(address)
    const holder = before === undefined ? holderAt(address) : {post: before.record.id, file: before.record.path!}
    if (isReserved(address)) judged.blocked.push({candidate, by: ownHolder})
    else if (holder !== undefined && holder.post !== record.id) judged.blocked.push({candidate, by: holder.file})
    else {
      taken.set(address, candidate)
      judged.accepted.push(candidate)
    }
  }
  return judged
}

/** How strong a post's right to the address it wants is; 0 and 1 are stronger than that of a page that comes. */
export function rightOf({record, address, current, isNew}: Candidate): 0 | 1 | 2 | 3 {
  if (current?.address === address && claims(current)) return 0
  if (record.blockedBy === address) return 2
  return current === undefined && !isNew ? 1 : 3
}

function byRight(a: Candidate, b: Candidate): number {
  const since = ({had, address}: Candidate): Since | undefined => had.get(address)
  return (
    rightOf(a) - rightOf(b) ||
    byAge(since(a), since(b)) ||
    a.record.bornAt - b.record.bornAt ||
    (a.record.id < b.record.id ? -1 : 1)
  )
}

/** Who never had it comes last. */
function byAge(a: Since | undefined, b: Since | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  return a.revision - b.revision || a.nth - b.nth
}
