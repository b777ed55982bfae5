import {listReleases, type ListedRelease} from '@broadside/ledger'
import type {Command} from 'commander'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'
import {formatTable} from '../format-table.ts'

type ReleasesFlags = {site?: string; json?: boolean}

const shown = 20

export function addReleases(program: Command, cli: Cli): void {
  program
    .command('releases')
    .summary('list what went live, and when')
    .description(
      'Lists the newest releases: number, revision, commit, why, and what each uploaded and removed. A release is the ' +
        'way from one state of the live site to the next.',
    )
    .option('--site <site>', 'of this site')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  broadside releases --site field-notes')
    .action((flags: ReleasesFlags) => list(cli, flags))
}

async function list(cli: Cli, {site, json}: ReleasesFlags): Promise<void> {
  await cli.withLedger(async ({db}) => {
    const {name} = await chooseSite(db, site)
    const releases = await listReleases(db, {site: name, limit: shown})
    if (json === true) return cli.write(`${JSON.stringify(releases.map(toJson), null, 2)}\n`)
    if (releases.length === 0) return cli.say(`nothing of ${name} was released yet`)
    await cli.write(formatTable(releases.map(toRow)))
  })
}

function toRow(release: ListedRelease): string[] {
  const {number, revision, commit_id: commit, cause, uploaded, removed, unchanged, trouble} = release
  const counts = `${uploaded} uploaded, ${unchanged} unchanged, ${removed} removed`
  return [
    String(number),
    `r${revision}`,
    commit.slice(0, 10),
    cause,
    stateOf(release),
    release.live_at === null ? '' : new Date(release.live_at).toISOString(),
    trouble === null ? counts : `${counts}; ${trouble.replaceAll(/\s+/g, ' ')}`,
  ]
}

/** What readers have of it: `live (public)` says at which level it was proven. */
function stateOf({state, live_at: liveAt, proof}: ListedRelease): string {
  return liveAt === null ? state : `live (${proof ?? 'unproven'})`
}

function toJson(release: ListedRelease) {
  const time = (at: number | null) => (at === null ? undefined : new Date(at).toISOString())
  const {site, number, revision, cause, state, planned, uploaded, unchanged, removed} = release
  return {
    site,
    release: number,
    revision,
    commit: release.commit_id,
    cause,
    state,
    planned,
    uploaded,
    unchanged,
    removed,
    proof: release.proof ?? undefined,
    trouble: release.trouble ?? undefined,
    openedAt: time(release.opened_at),
    liveAt: time(release.live_at),
    doneAt: time(release.done_at),
  }
}
