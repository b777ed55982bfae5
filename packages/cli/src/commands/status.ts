import {setTimeout as pause} from 'node:timers/promises'
import {
  diagnosticsOf,
  listRevisions,
  listSites,
  pinOf,
  whyDisarmed,
  nameEffect,
  pushProgress,
  type Db,
  type PushProgress,
  type RevisionsTable,
} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import type {RevisionSummary} from '@broadside/revision'
import type {Command} from 'commander'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'
import {formatPush, formatPushLine} from '../format-push.ts'
import {toDiagnostic} from '../to-diagnostic.ts'
import {upcomingPosts} from '../upcoming-posts.ts'
import {watchPushes} from '../watch-push.ts'

type StatusFlags = {site?: string; json?: boolean; watch?: boolean}

const shown = 10
const lookEveryMs = 200

export function addStatus(program: Command, cli: Cli): void {
  program
    .command('status')
    .summary('tell how far a push is')
    .description(
      'Tells how far a push is: accepted, rendered, live, mailed, or failed with why. Without a commit it lists the ' +
        'newest pushes, and the posts that are drafts or scheduled.',
    )
    .argument('[commit]', 'hash of a commit, or the beginning of it')
    .option('--site <site>', 'of this site alone')
    .option('--json', 'print it as JSON')
    .option('--watch', 'tell each step as it is taken, of the newest push unless a commit is given, until all is over')
    .addHelpText(
      'after',
      '\nExamples:\n  broadside status\n  broadside status $(git rev-parse HEAD)\n' +
        '  git push && broadside status $(git rev-parse HEAD) --watch',
    )
    .action((commit: string | undefined, flags: StatusFlags) => {
      if (flags.watch === true) return watch(cli, commit, flags)
      return commit === undefined ? showNewest(cli, flags) : showPush(cli, commit, flags)
    })
}

async function showPush(cli: Cli, commit: string, {site, json}: StatusFlags): Promise<void> {
  await cli.withLedger(async ({db}) => {
    const revisions = await findRevisions(db, commit, site)
    const pushes = await Promise.all(revisions.map((revision) => pushProgress(db, revision)))
    const described = await Promise.all(
      pushes.map(async (push) => ({
        push,
        diagnostics: (await diagnosticsOf(db, push.revision.site, push.revision.number)).map(toDiagnostic),
      })),
    )
    if (json === true) {
      const values = described.map(({push, diagnostics}) => ({...toJson(push), diagnostics}))
      return cli.write(`${JSON.stringify(values, null, 2)}\n`)
    }
    await cli.write(described.map(({push, diagnostics}) => formatPush(push, diagnostics, cli.paint)).join('\n'))
  })
}

/** Exit code 1 when a push has failed. What comes as JSON comes when all is over. */
async function watch(cli: Cli, commit: string | undefined, {site, json}: StatusFlags): Promise<void> {
  await cli.withLedger(async ({db}) => {
    const revisions = await awaitRevisions(cli, db, commit, site)
    const quiet = {...cli, write: async () => {}}
    const pushes = await watchPushes(json === true ? quiet : cli, db, revisions)
    if (pushes.some(({stage}) => stage === 'failed')) cli.exitCode = 1
    if (json === true) await cli.write(`${JSON.stringify(pushes.map(toJson), null, 2)}\n`)
  })
}

/** A commit that was pushed a moment ago may not be accepted yet. */
async function awaitRevisions(cli: Cli, db: Db, commit: string | undefined, site: string | undefined) {
  if (site !== undefined) await chooseSite(db, site)
  const deadline = performance.now() + cli.patienceMs
  for (;;) {
    try {
      if (commit !== undefined) return await findRevisions(db, commit, site)
      const newest = await listRevisions(db, {site, limit: 1})
      if (newest.length > 0) return newest
      throw new BroadsideError('invalid', 'status.unknown', 'nothing was pushed yet')
    } catch (error) {
      const isUnknown = error instanceof BroadsideError && error.code === 'status.unknown'
      if (!isUnknown || performance.now() > deadline) throw error
    }
    await pause(lookEveryMs)
  }
}

async function showNewest(cli: Cli, {site, json}: StatusFlags): Promise<void> {
  await cli.withLedger(async ({db}) => {
    if (site !== undefined) await chooseSite(db, site)
    const revisions = await listRevisions(db, {site, limit: shown})
    const pushes = await Promise.all(revisions.map((revision) => pushProgress(db, revision)))
    const upcoming = await upcomingPosts(db, site)
    if (json === true) {
      return cli.write(`${JSON.stringify({pushes: pushes.map(toJson), ...upcoming}, null, 2)}\n`)
    }
    if (pushes.length === 0) cli.say('nothing was pushed yet')
    const disarmed = await whyDisarmed(db)
    if (disarmed !== undefined) cli.say(`nothing is mailed until broadside arm: ${disarmed}`)
    for (const {name} of await listSites(db)) {
      const pin = site === undefined || site === name ? await pinOf(db, name) : undefined
      if (pin !== undefined) cli.say(`${name} is rolled back to revision ${pin.shows}, until broadside unpin`)
    }
    for (const push of pushes) await cli.write(`${formatPushLine(push, cli.paint)}\n`)
    for (const post of upcoming.scheduled) {
      await cli.write(`${post.site}  scheduled  ${new Date(post.at).toISOString()}  ${post.path}\n`)
    }
    for (const post of upcoming.drafts) await cli.write(`${post.site}  draft      ${post.path}\n`)
  })
}

/** The newest revision of the commit in each site that has it. */
async function findRevisions(db: Db, commit: string, site: string | undefined): Promise<RevisionsTable[]> {
  if (!/^[0-9a-f]{4,64}$/i.test(commit)) {
    throw new BroadsideError('invalid', 'status.commit', `${JSON.stringify(commit)} is no hash of a commit`, {
      hint: 'Give at least its first four digits',
    })
  }
  const start = commit.toLowerCase()
  let query = db
    .selectFrom('revisions')
    .selectAll()
    .where('commit_id', '>=', start)
    .where('commit_id', '<', `${start}g`)
  if (site !== undefined) query = query.where('site', '=', site)
  const rows = await query.orderBy('site').orderBy('number', 'desc').execute()
  const newest = rows.filter((row, at) => rows.findIndex((other) => other.site === row.site) === at)
  if (newest.length > 0) return newest
  throw new BroadsideError('invalid', 'status.unknown', `no push of ${commit} was accepted`, {
    hint: 'broadside publish has intake look at the repository now',
  })
}

function toJson({revision, stage, why, release, editions, effects, warnings}: PushProgress) {
  const {site, number, commit_id: commit, cause} = revision
  const time = (at: number | null | undefined) => (typeof at === 'number' ? new Date(at).toISOString() : undefined)
  return {
    site,
    revision: number,
    commit,
    cause,
    stage,
    why,
    acceptedAt: time(revision.accepted_at),
    renderedAt: time(revision.rendered_at),
    liveAt: time(release?.live_at),
    summary: JSON.parse(revision.summary) as RevisionSummary,
    warnings: warnings.count,
    release:
      release === undefined
        ? undefined
        : {
            number: release.number,
            state: release.state,
            uploaded: release.uploaded,
            unchanged: release.unchanged,
            removed: release.removed,
            proof: release.proof ?? undefined,
            trouble: release.trouble ?? undefined,
          },
    editions: editions.map(({id, title, state, reason, audience, counts}) => ({
      id,
      title,
      state,
      reason: reason ?? undefined,
      audience: audience ?? undefined,
      counts,
    })),
    effects: effects.map(({kind, payload, target, subject, state, attempt, answer, due}) => ({
      kind: nameEffect({kind, payload}),
      target,
      subject,
      state,
      tries: attempt,
      answer: answer ?? undefined,
      nextTryAt: state === 'pending' ? time(due) : undefined,
    })),
  }
}
