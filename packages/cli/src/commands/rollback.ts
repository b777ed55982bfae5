import {setTimeout as pause} from 'node:timers/promises'
import {
  findReleaseOrRevision,
  lastLiveRelease,
  revisionToRelease,
  shownBy,
  type Db,
  type Ledger,
  shownAt,
} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import type {RolledBack} from '@broadside/revision'
import type {Command} from 'commander'
import {askService} from '../ask-service.ts'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'

type RollbackFlags = {site?: string}

const lookEveryMs = 50

export function addRollback(program: Command, cli: Cli): void {
  program
    .command('rollback')
    .summary('show readers an older state of the site again')
    .description(
      'Takes the live site back to an older release or revision (default: what was live before), and keeps it there: ' +
        'pushes are accepted and not released until broadside unpin. Mail of newer posts that has not left is paused.',
    )
    .argument('[to]', 'a release (12) or a revision (r34)')
    .option('--site <site>', 'of this site')
    .addHelpText('after', '\nExamples:\n  broadside rollback\n  broadside rollback 12')
    .action((to: string | undefined, flags: RollbackFlags) => rollback(cli, to, flags))
  program
    .command('unpin')
    .summary('release the newest state of the branch again, after a rollback')
    .description('Ends a rollback: the newest revision of the branch is released, and pushes go live again.')
    .option('--site <site>', 'of this site')
    .addHelpText('after', '\nExample:\n  broadside unpin')
    .action((flags: RollbackFlags) => unpin(cli, flags))
}

async function rollback(cli: Cli, named: string | undefined, flags: RollbackFlags): Promise<void> {
  await cli.withLedger(async (ledger) => {
    const {name: site} = await chooseSite(ledger.db, flags.site)
    const to = named === undefined ? await shownBefore(ledger.db, site) : await revisionOf(ledger.db, site, named)
    const request = {service: 'intake', kind: 'rollback', payload: {site, to}} as const
    const {revision, shows, commit, paused} = (await askService(cli, ledger, request)) as RolledBack
    cli.say(`revision ${revision} of ${site} shows revision ${shows} (${commit.slice(0, 10)})`)
    if (paused > 0) cli.say(`${paused} ${paused === 1 ? 'edition is' : 'editions are'} paused: their posts leave`)
    await tellWhenLive(cli, ledger, site)
    cli.say('Pushes are accepted and not released until: broadside unpin')
  })
}

async function unpin(cli: Cli, flags: RollbackFlags): Promise<void> {
  await cli.withLedger(async (ledger) => {
    const {name: site} = await chooseSite(ledger.db, flags.site)
    const answer = await askService(cli, ledger, {service: 'intake', kind: 'unpin', payload: {site}})
    if (!(answer as {unpinned: boolean}).unpinned) return cli.write(`${site} is not rolled back\n`)
    await tellWhenLive(cli, ledger, site)
  })
}

async function revisionOf(db: Db, site: string, name: string): Promise<number> {
  const {revision} = await findReleaseOrRevision(db, site, name)
  return shownAt(db, site, revision)
}

/** What readers had before they got what they have now. */
async function shownBefore(db: Db, site: string): Promise<number> {
  const live = await lastLiveRelease(db, site)
  const rows = await db
    .selectFrom('releases')
    .select(['revision', 'shows'])
    .where('site', '=', site)
    .where('live_at', 'is not', null)
    .orderBy('number', 'desc')
    .execute()
  const before = rows.map(shownBy).find((shown) => live !== undefined && shown < shownBy(live))
  if (before !== undefined) return before
  throw new BroadsideError('invalid', 'rollback.nothing', `${site} had nothing live before what it has now`, {
    hint: 'broadside releases shows what was live',
  })
}

/** The release takes as long as what differs takes to put. */
async function tellWhenLive(cli: Cli, {db}: Ledger, site: string): Promise<void> {
  const deadline = performance.now() + cli.patienceMs
  for (;;) {
    const live = await lastLiveRelease(db, site)
    if (live !== undefined && live.revision === (await revisionToRelease(db, site)) && live.state === 'done') {
      return cli.write(
        `release ${live.number} of ${site} is live: ${live.uploaded} uploaded, ${live.unchanged} unchanged, ` +
          `${live.removed} removed\n`,
      )
    }
    if (performance.now() > deadline) {
      throw new BroadsideError('transient', 'rollback.slow', `${site} is not there yet`, {
        hint: 'It goes on by itself; broadside releases shows how far it is',
      })
    }
    await pause(lookEveryMs)
  }
}
