import {stripCredentials} from '@broadside/git'
import {lastLiveRelease, listSites, type Db, type SitesTable} from '@broadside/ledger'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'
import {formatTable} from '../format-table.ts'

type Shown = {
  name: string
  state: string
  url: string
  remote: string
  branch: string
  audienceUrl: string
  fromDomains: string[]
  live: {release: number; revision: number} | null
  subscribers: number
}

export async function listAll(cli: Cli, {json}: {json?: boolean}): Promise<void> {
  await cli.withLedger(async ({db}) => {
    const sites = await Promise.all((await listSites(db)).map((site) => describe(db, site)))
    if (json === true) return cli.write(`${JSON.stringify(sites, null, 2)}\n`)
    if (sites.length === 0) return cli.say('there is no site yet')
    const rows = sites.map(({name, state, url, live, subscribers}) => [
      name,
      state,
      url,
      live === null ? 'not published yet' : `revision ${live.revision}`,
      `${subscribers} ${subscribers === 1 ? 'subscriber' : 'subscribers'}`,
    ])
    await cli.write(formatTable(rows))
  })
}

export async function showOne(cli: Cli, name: string | undefined, {json}: {json?: boolean}): Promise<void> {
  await cli.withLedger(async ({db}) => {
    const site = await describe(db, await chooseSite(db, name))
    if (json === true) return cli.write(`${JSON.stringify(site, null, 2)}\n`)
    const lines = Object.entries({
      ...site,
      fromDomains: site.fromDomains.length === 0 ? 'those of the installation' : site.fromDomains.join(', '),
      live: site.live === null ? 'not yet' : `release ${site.live.release}, revision ${site.live.revision}`,
    })
    await cli.write(formatTable(lines.map(([key, value]) => [key, String(value)])))
  })
}

async function describe(db: Db, row: SitesTable): Promise<Shown> {
  const live = await lastLiveRelease(db, row.name)
  const {count} = await db
    .selectFrom('subscribers')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('site', '=', row.name)
    .where('state', '=', 'active')
    .executeTakeFirstOrThrow()
  return {
    name: row.name,
    state: row.state,
    url: row.site_url,
    remote: stripCredentials(row.remote),
    branch: row.branch,
    audienceUrl: row.audience_url,
    fromDomains: (row.from_domains ?? '').split(',').filter((domain) => domain !== ''),
    live: live === undefined ? null : {release: live.number, revision: live.revision},
    subscribers: Number(count),
  }
}
