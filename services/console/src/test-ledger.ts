import {addDeadLetter, ensureSite, openEnd, openLedger, type Ledger} from '@broadside/ledger'

export const startedAt = Date.parse('2026-11-02T10:00:00Z')

const summary = {
  counts: {published: 1, updated: 0, removed: 0, broken: 1},
  drafts: 0,
  scheduled: [{path: 'posts/later.md', at: startedAt + 86_400_000}],
  problems: [],
  mail: undefined,
}

/** A ledger in memory with one site, whose second push is live and being mailed to three people. */
export async function openTestLedger(): Promise<Ledger> {
  const ledger = await openLedger('sqlite::memory:')
  const {db} = ledger
  const site = 'notes'
  const urls = {site_url: 'https://notes.example/blog/', audience_url: 'https://mail.notes.example/'}
  await ensureSite(
    db,
    {name: site, remote: 'https://me:secret@git.example/notes.git', branch: 'main', ...urls},
    {id: 'site', now: startedAt},
  )
  const revision = {site, as_of: startedAt, cause: 'push', settings_hash: '', theme_hash: '', urls: '[]'}
  await db
    .insertInto('revisions')
    .values([
      {
        ...revision,
        number: 1,
        commit_id: 'a'.repeat(40),
        state: 'rendered',
        summary: JSON.stringify({...summary, counts: {published: 2, updated: 0, removed: 0, broken: 0}, scheduled: []}),
        accepted_at: startedAt,
        rendered_at: startedAt + 100,
      },
      {
        ...revision,
        number: 2,
        commit_id: 'b'.repeat(40),
        state: 'rendered',
        summary: JSON.stringify(summary),
        accepted_at: startedAt + 60_000,
        rendered_at: startedAt + 60_120,
      },
    ])
    .execute()
  const document = {site, revision: 2, kind: 'post', fragment_key: '', source_hash: '', told: 0}
  await db
    .insertInto('renders')
    .values([
      {...document, subject: 'p1', file: 'posts/nats.md', state: 'done'},
      {...document, subject: 'p2', file: 'posts/x.md', state: 'failed'},
    ])
    .execute()
  await db
    .insertInto('posts')
    .values({
      site,
      id: 'p1',
      birth_path: 'posts/nats.md',
      birth_number: 0,
      path: 'posts/nats.md',
      last_path: 'posts/nats.md',
      born_at: startedAt,
      text_hash: null,
      text_changed_at: null,
      source_hash: 's1',
      first_live_revision: 2,
      blocked_by: null,
    })
    .execute()
  await db
    .insertInto('post_versions')
    .values({
      site,
      id: 'p1',
      from_revision: 2,
      to_revision: openEnd,
      status: 'live',
      path: 'posts/nats.md',
      address: '/posts/when-nats/',
      source_hash: 's1',
      fragment_key: 'f1',
      meta: JSON.stringify({title: 'When <NATS> & when not', tags: [], authors: []}),
      date: startedAt,
      updated: null,
      day: '2026-11-02',
      expires: null,
      excerpt: '',
      words: 1,
    })
    .execute()
  await db.insertInto('changes').values({site, revision: 2, kind: 'post', subject: 'p1', change: 'published'}).execute()
  await db
    .insertInto('diagnostics')
    .values({
      site,
      revision: 2,
      file: 'posts/x.md',
      severity: 'error',
      code: 'front-matter.syntax',
      line: 3,
      column_number: 7,
      message: 'A quote is opened with " and not closed.',
      cure: 'Close it.',
    })
    .execute()
  await db
    .insertInto('releases')
    .values({
      site,
      number: 1,
      revision: 2,
      state: 'done',
      wave: 4,
      attempt: 1,
      planned: 14,
      uploaded: 12,
      removed: 1,
      unchanged: 2,
      proof: 'public',
      trouble: null,
      opened_at: startedAt + 60_200,
      progress_at: startedAt + 60_300,
      proving_at: startedAt + 60_300,
      live_at: startedAt + 60_450,
      done_at: startedAt + 60_500,
    })
    .execute()
  await db
    .insertInto('editions')
    .values({
      id: 'e1f2a3b4',
      site,
      post: 'p1',
      revision: 2,
      release: 1,
      state: 'sending',
      reason: null,
      subject: 'When NATS',
      message_hash: null,
      boundary: 3,
      freeze_cursor: null,
      audience: 3,
      audience_hash: null,
      attempt: 1,
      progress_at: startedAt,
      created_at: startedAt + 60_500,
      frozen_at: startedAt + 60_600,
      completed_at: null,
    })
    .execute()
  for (const [subscriber, state, reply] of [
    ['s1', 'accepted', '250 ok'],
    ['s2', 'failed', '550 <script>no such user</script>'],
    ['s3', 'pending', null],
  ] as const) {
    await db
      .insertInto('deliveries')
      .values({
        edition: 'e1f2a3b4',
        subscriber,
        state,
        reply,
        worker: null,
        lease_until: null,
        attempt: 1,
        next_at: 0,
        changed_at: 0,
      })
      .execute()
  }
  const report = {source: 'mail', site, mail_kind: 'edition', mail: 'e1f2a3b4', reply: '', at: 0, received_at: 0}
  for (const [event, subscriber, kind, fault] of [
    ['1', 's1', 'bounced', 'mailbox'],
    ['2', 's1', 'complained', null],
    ['3', 's2', 'bounced', 'mailbox'],
  ] as const) {
    await db
      .insertInto('mail_reports')
      .values({...report, event, subscriber, kind, fault, status: null, waits: 0})
      .execute()
  }
  const told = {
    site,
    kind: 'websub',
    target: 'https://hub.example/',
    version: 1,
    revision: 2,
    payload: '{}',
    attempt: 1,
  }
  const settled = {due: startedAt, worker: null, lease_until: null, created_at: startedAt, settled_at: startedAt}
  await db
    .insertInto('effects')
    .values([
      {...told, ...settled, subject: 'https://notes.example/blog/feed.xml', state: 'done', answer: '204'},
      {...told, ...settled, subject: 'https://notes.example/blog/atom.xml', state: 'failed', answer: '404 <b>who?</b>'},
    ])
    .execute()
  await addDeadLetter(db, {
    site: 'notes',
    source: 'queue:release.part',
    name: 'release.part',
    body: '{}',
    reason: 'broken',
    code: 'x',
    at: startedAt,
  })
  return ledger
}
