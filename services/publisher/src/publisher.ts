import type {KeyObject} from 'node:crypto'
import type {Bus} from '@broadside/bus'
import type {Cdn} from '@broadside/cdn'
import type {ImageMaker, ImagePool} from '@broadside/images/pool'
import {readPreviewName, type Ledger} from '@broadside/ledger'
import type {Objects, Pace} from '@broadside/objects'
import type {Queue} from '@broadside/queue'
import type {Clock, Logger} from '@broadside/runtime'
import type {BuildOutputs} from './build-outputs.ts'

/** What publisher works with. */
export type PublisherDeps = {
  ledger: Ledger
  /** Where another thread finds the ledger, to build large releases beside this one; without it all is built in one. */
  databaseUrl?: string
  objects: Objects
  bus: Bus
  queue: Queue
  /** Makes what is published of images. */
  images: Pick<ImagePool, 'make' | 'card'>
  clock: Clock
  log: Logger
}

export type PublisherOptions = {
  /** What a release must show before it counts as live. */
  proofLevel: 'public' | 'objects'
  /** Parts of a release at once in this process. */
  concurrency: number
  /** Parts of one release in the queue at most; the one that ends adds the next, behind those of other sites. */
  partLanes: number
  /** How often releases are looked for without being told, ms. */
  sweepMs: number
  /** A release without a sign of life for this long is carried on by whoever looks, ms. Longer than `callMs`. */
  takeOverMs: number
  /** The longest a call to the objects may take, ms. */
  callMs: number
  /** How long a proof is tried for, ms. */
  proofMs: number
  /** The CDN that a site is read through, where there is one. */
  cdnOf: (site: string) => Promise<Cdn | undefined>
  /** How long a CDN is told again that does not answer, ms. */
  purgeMs: number
  /** The longest that telling it once may take, ms; signs of life go on meanwhile. */
  purgeCallMs: number
  /** Whether a record of the newest release lies beside a site. */
  keepsRecord: (site: string) => boolean
  /** What receipts are signed with, an Ed25519 key; asked for when one is wanted. */
  receiptKey: () => KeyObject | undefined
  /** Of how many earlier releases the assets stay, for readers who still have their pages. */
  keptReleases: number
  /** How often the objects are compared with the ledger by themselves, ms. */
  reconcileMs: number
  /** How often what nobody needs any more is collected, ms. */
  collectMs: number
  /** How long nothing must have named a file below `private/` before it goes: longer than a push takes, ms. */
  looseMs: number
  /** How often search indexes are looked after, ms. */
  searchLookMs: number
  /** The first search index of a site is made when nothing has been released for this long, ms. */
  searchFirstMs: number
  /** A search index is made anew when nothing has been released for this long, ms. */
  searchQuietMs: number
  /** And however much is released, when it has been out of date for this long, ms. */
  searchPatienceMs: number
  /** How long files stay that an index no longer names: for readers who were searching as it changed, ms. */
  searchGraceMs: number
}

export const defaultOptions: PublisherOptions = {
  proofLevel: 'objects',
  concurrency: 5,
  partLanes: 16,
  sweepMs: 5_000,
  takeOverMs: 8_000,
  callMs: 6_000,
  proofMs: 600_000,
  cdnOf: async () => undefined,
  purgeMs: 600_000,
  purgeCallMs: 30_000,
  keepsRecord: () => false,
  receiptKey: () => undefined,
  keptReleases: 10,
  reconcileMs: 21_600_000,
  collectMs: 21_600_000,
  looseMs: 86_400_000,
  searchLookMs: 2_000,
  searchFirstMs: 0,
  searchQuietMs: 10_000,
  searchPatienceMs: 300_000,
  searchGraceMs: 60_000,
}

export type Publisher = {
  deps: PublisherDeps
  options: PublisherOptions
  build: BuildOutputs
  makerOf: (site: string) => ImageMaker
  /**
   * Calls that write to the objects of a site, at once and again, as their store bears them. Each site has a pace of its
   * own: none waits behind another's many calls, or for a store that is not its own.
   */
  paceOf: (site: string) => Pace
}

/** Where a post was and has left: told only when neither pages nor feeds lead there any more. */
export const lastWave = 5

/**
 * The part of its wave that an output belongs to, by how many are before it: what one job builds and puts, and one
 * transaction records. 40 go together, and 120 where a wave has more than a thousand: each commit waits for the disk.
 */
export function partOf(before: number): number {
  if (before < 1_000) return Math.floor(before / 40)
  return 25 + Math.floor((before - 1_000) / 120)
}

/** Where a site's outputs lie in the objects: those of a preview below those of its site, as its address does. */
export function objectKey(site: string, key: string): string {
  const preview = readPreviewName(site)
  if (preview !== undefined) return `sites/${preview.of}/~${preview.token}/${key}`
  return `sites/${site}/${key}`
}
