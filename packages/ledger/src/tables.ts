import type {Generated} from 'kysely'

/** The rows of each table of migrations/, as SQL gives them. */
export type SitesTable = {
  name: string
  id: string
  remote: string
  branch: string
  site_url: string
  audience_url: string
  state: string
  first_revision: number | null
  created_at: number
  /** The revision that is released while the site is rolled back. */
  pinned?: number | null | undefined
  /** Domains that the site alone writes from, separated by commas. */
  from_domains: string | null
  /** Which branches are previewed, `*` for any characters, and what their addresses come from. */
  preview_pattern: string | null
  preview_key: string | null
  /** The site that this one is a preview of. */
  preview_of: string | null
  /** The oldest revision whose versions are whole; null where nothing was collected yet. */
  collected?: number | null | undefined
}

export type LooseBinariesTable = {site: string; hash: string; since: number}

export type HintsTable = {
  id: Generated<number>
  site: string
  source: string
  delivery: string
  received_at: number
  closed_at: number | null
  /** SHA-256 of a webhook's body; null for what came another way. */
  body_hash: string | null
  commit_id: string | null
}

export type HookRefusalsTable = {
  site: string
  refused_at: number
}

export type TextsTable = {
  hash: string
  body: string
}

export type FragmentsTable = {
  key: string
  body: string
}

export type RevisionsTable = {
  site: string
  number: number
  commit_id: string
  as_of: number
  cause: string
  state: string
  settings_hash: string
  theme_hash: string
  urls: string
  summary: string
  accepted_at: number
  rendered_at: number | null
  /** The older revision that a rollback shows. */
  shows?: number | null | undefined
  /** The version of the Markdown pipeline that its fragments are made by; 0 where none was written down. */
  pipeline?: number | undefined
}

export type UncheckedLinksTable = {site: string; revision: number}

export type ChangesTable = {
  site: string
  revision: number
  kind: string
  subject: string
  change: string
}

export type DiagnosticsTable = {
  site: string
  revision: number
  file: string
  severity: string
  code: string
  line: number | null
  column_number: number | null
  message: string
  cure: string | null
}

export type PostsTable = {
  site: string
  id: string
  birth_path: string
  birth_number: number
  path: string | null
  last_path: string
  born_at: number
  text_hash: string | null
  text_changed_at: number | null
  source_hash: string | null
  first_live_revision: number | null
  blocked_by: string | null
}

export type PostAddressesTable = {
  site: string
  post: string
  address: string
  since_revision: number
  /** Which judgement of the revision gave it: each commit of a push is judged by itself. */
  nth: Generated<number>
}

export type PostVersionsTable = {
  site: string
  id: string
  from_revision: number
  to_revision: number
  status: string
  path: string
  address: string
  source_hash: string
  fragment_key: string
  meta: string
  date: number
  updated: number | null
  day: string
  expires: number | null
  excerpt: string
  words: number
  /** The id under which the feed of another tool knew it. */
  feed_id: string | null
}

export type PostTermsTable = {
  site: string
  kind: string
  key: string
  label: string
  post: string
  date: number
  day: string
  from_revision: number
  to_revision: number
}

export type PageVersionsTable = {
  site: string
  path: string
  from_revision: number
  to_revision: number
  address: string
  source_hash: string
  fragment_key: string
  meta: string
  updated: number | null
}

export type AliasesTable = {
  site: string
  address: string
  kind: string
  owner: string
  from_revision: number
  to_revision: number
}

export type LinksTable = {
  site: string
  target: string
  kind: string
  owner: string
  from_revision: number
  to_revision: number
}

export type AssetVersionsTable = {
  site: string
  path: string
  from_revision: number
  to_revision: number
  hash: string
  size: number
  /** `caseFolded` of the path. */
  folded_path: string
}

export type RedirectVersionsTable = {
  site: string
  from_address: string
  to_address: string
  status: number
  from_revision: number
  to_revision: number
}

export type HoldsTable = {
  site: string
  revision: number
  reason: string
  held_at: number
  approved_at: number | null
}

export type RendersTable = {
  site: string
  revision: number
  kind: string
  subject: string
  fragment_key: string
  source_hash: string
  file: string
  told: number
  state: string
}

export type TimersTable = {
  site: string
  key: string
  owner: string
  due: number
}

export type OutboxTable = {
  id: Generated<number>
  event_id: string
  source: string
  subject: string
  body: string
  created_at: number
  published_at: number | null
}

export type DeadLettersTable = {
  id: Generated<number>
  site: string | null
  source: string
  name: string
  body: string
  reason: string
  code: string
  at: number
  replay_asked_at: number | null
  replayed_at: number | null
}

export type RequestsTable = {
  id: Generated<number>
  service: string
  kind: string
  payload: string
  state: string
  result: string | null
  created_at: number
  settled_at: number | null
}

export type ReleasesTable = {
  site: string
  number: number
  revision: number
  state: string
  wave: number
  attempt: number
  planned: number
  uploaded: number
  removed: number
  unchanged: number
  proof: string | null
  trouble: string | null
  opened_at: number
  progress_at: number
  proving_at: number | null
  live_at: number | null
  done_at: number | null
  purge?: string | null | undefined
  purging_at?: number | null | undefined
  /** As of its revision. */
  shows?: number | null | undefined
}

export type ReleaseOutputsTable = {
  site: string
  release: number
  wave: number
  part: number
  address: string
  kind: string
  state: string
  /** SHA-256 of what was put. */
  hash?: string | null | undefined
}

export type ManifestTable = {
  site: string
  key: string
  address: string
  hash: string
  headers: string
  state: string
  release: number
  /** What the objects called the bytes when they were put; it says nothing while the key is in doubt. */
  etag?: string | null | undefined
}

export type SubscribersTable = {
  site: string
  id: string
  address: string | null
  key: string
  name: string | null
  state: string
  created_at: number
  changed_at: number
  /** `each`, `daily` or `weekly`. */
  cadence: Generated<string>
  timezone: string | null
  /** `tag:key` and `author:key` as a JSON list; null for all. */
  topics: string | null
}

export type AudienceJournalTable = {
  seq: Generated<number>
  site: string
  subscriber: string
  event: string
  state: string
  cause: string
  at: number
}

export type ConsentsTable = {
  site: string
  subscriber: string
  at: number
  /** `signed-up` or `confirmed`. */
  step: string
  source: string
  ip: string | null
  /** Of the text agreed to, among the ledger's texts. */
  text_hash: string | null
}

export type DeliveryRefusalsTable = {
  edition: string
  subscriber: string
  at: number
  state: string
  reply: string
}

export type LettersTable = {
  site: string
  id: string
  kind: string
  subscriber: string
  state: string
  attempt: number
  next_at: number
  lease_until: number | null
  worker: string | null
  reply: string | null
  created_at: number
  revision: number | null
}

export type PushAuthorsTable = {
  site: string
  revision: number
  address: string
}

export type EditionsTable = {
  id: string
  site: string
  post: string
  revision: number
  release: number
  state: string
  reason: string | null
  subject: string
  message_hash: string | null
  boundary: number | null
  freeze_cursor: string | null
  audience: number | null
  audience_hash: string | null
  attempt: number
  progress_at: number
  created_at: number
  frozen_at: number | null
  completed_at: number | null
  /** A held edition goes by itself then. */
  go_at: number | null
  /** When somebody said that it may go, whatever speaks against it. */
  approved_at: number | null
  /** How many get it before all others; null until they are chosen. */
  canary: number | null
  /** When those are judged; 0 once they were. */
  canary_at: number | null
  /** The round of digests that it is of; null for the edition of a post. */
  digest: string | null
  /** Ids of a digest's posts as a JSON list. */
  posts: string | null
  /** The edition that this one puts right; `post` is a key of its own then. */
  corrects: string | null
  /** What a correction says of itself. */
  note: string | null
}

export type MailCountsTable = {
  edition: string
  kind: string
  url: string
  reader: string
  count: number
}

export type DigestsTable = {
  site: string
  cadence: string
  timezone: string
  due: number
  state: string
  cursor: string
}

export type DeliveriesTable = {
  edition: string
  subscriber: string
  state: string
  worker: string | null
  lease_until: number | null
  attempt: number
  next_at: number
  reply: string | null
  changed_at: number
  first_at: number | null
  /** The epoch of the lane that gave out `next_at`; null when that is nobody's time but this row's. */
  slot: number | null
  /** 1 for who gets it before all others. */
  first_share: Generated<number>
}

/** How fast mail goes one way; see newsletter's `lane.ts`. */
export type LanesTable = {
  site: string
  name: string
  learned_ms: number
  next_at: number
  epoch: number
  changed_at: number
}

export type SendingDaysTable = {
  site: string
  /** Days since 1970, UTC. */
  day: number
  sent: number
  first_day: number
}

export type MailReportsTable = {
  id: Generated<number>
  source: string
  event: string
  kind: string
  fault: string | null
  site: string
  mail_kind: string
  mail: string
  subscriber: string
  status: string | null
  reply: string
  at: number
  received_at: number
  waits: number
}

export type WaitingPagesTable = {
  site: string
  path: string
  address: string
  oid: string
}

export type EffectsTable = {
  id: Generated<number>
  site: string
  kind: string
  target: string
  subject: string
  version: number
  revision: number
  payload: string
  state: string
  attempt: number
  due: number
  worker: string | null
  lease_until: number | null
  answer: string | null
  created_at: number
  settled_at: number | null
}

export type EffectCursorsTable = {
  site: string
  fact: string
  seen: number
}

export type SearchIndexesTable = {
  site: string
  revision: number
  version: number
  segments: string
  tidy_at: number | null
  fence: number
  lease_until: number
}

export type SearchFilesTable = {
  site: string
  name: string
  state: string
}

export type ImagesTable = {
  /** SHA-256 of the file. */
  hash: string
  /** `ImageFacts` as JSON; null where it cannot be read as an image. */
  facts: string | null
  /** Why not, in words. */
  problem: string | null
  /** What of a drawing is not published, as a JSON list. */
  removed: string
  /** The version of the encoder that could not make its variants. */
  failed: number | null
}

export type ImageFilesTable = {
  site: string
  /** SHA-256 of the author's file. */
  source: string
  recipe: string
  /** SHA-256 of what was made, which lies under it among the site's binaries. */
  hash: string
}

export type FactsTable = {
  name: string
  value: string
}

export type Tables = {
  sites: SitesTable
  hints: HintsTable
  texts: TextsTable
  fragments: FragmentsTable
  revisions: RevisionsTable
  changes: ChangesTable
  unchecked_links: UncheckedLinksTable
  diagnostics: DiagnosticsTable
  posts: PostsTable
  post_addresses: PostAddressesTable
  post_versions: PostVersionsTable
  post_terms: PostTermsTable
  page_versions: PageVersionsTable
  aliases: AliasesTable
  links: LinksTable
  asset_versions: AssetVersionsTable
  redirect_versions: RedirectVersionsTable
  holds: HoldsTable
  renders: RendersTable
  timers: TimersTable
  outbox: OutboxTable
  dead_letters: DeadLettersTable
  hook_refusals: HookRefusalsTable
  requests: RequestsTable
  releases: ReleasesTable
  release_outputs: ReleaseOutputsTable
  manifest: ManifestTable
  subscribers: SubscribersTable
  audience_journal: AudienceJournalTable
  consents: ConsentsTable
  letters: LettersTable
  push_authors: PushAuthorsTable
  editions: EditionsTable
  digests: DigestsTable
  mail_counts: MailCountsTable
  deliveries: DeliveriesTable
  lanes: LanesTable
  sending_days: SendingDaysTable
  delivery_refusals: DeliveryRefusalsTable
  mail_reports: MailReportsTable
  effects: EffectsTable
  effect_cursors: EffectCursorsTable
  facts: FactsTable
  loose_binaries: LooseBinariesTable
  images: ImagesTable
  image_files: ImageFilesTable
  waiting_pages: WaitingPagesTable
  search_indexes: SearchIndexesTable
  search_files: SearchFilesTable
}
