import {
  exclusionCounts,
  formatReports,
  listEditions,
  reportCounts,
  resolveEdition,
  withCounts,
  type Db,
  type PushEdition,
} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import type {Command} from 'commander'
import {askService} from '../ask-service.ts'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'
import {formatCounts, sumOf} from '../format-edition.ts'
import {formatTable} from '../format-table.ts'
import {addPostVerbs} from './newsletter-posts.ts'
import {addStats} from './newsletter-stats.ts'

type NewsletterFlags = {site?: string; json?: boolean}

/** What can be decided about an edition, and what is said of it afterwards. */
const decisions = {
  approve: 'let a held edition go',
  cancel: 'end an edition; what has not left does not leave',
  pause: 'stop sending for now',
  resume: 'go on sending',
} as const

export function addNewsletter(program: Command, cli: Cli): void {
  const newsletter = program
    .command('newsletter')
    .summary('look at editions, and decide about them')
    .description('Editions: one mailing of one post. An edition is named by its id, its beginning, or its post’s slug.')
    .addHelpText('after', '\nExample:\n  broadside newsletter status when-nats')
  newsletter
    .command('list')
    .description('lists editions, the newest first')
    .option('--site <site>', 'of this site alone')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  broadside newsletter list --site field-notes')
    .action((flags: NewsletterFlags) => list(cli, flags))
  newsletter
    .command('status')
    .description('tells what became of each recipient of an edition (default: the newest), and that none is missing')
    .argument('[edition]', 'id of the edition, its beginning, or slug or path of its post')
    .option('--site <site>', 'of this site alone')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  broadside newsletter status when-nats')
    .action((edition: string | undefined, flags: NewsletterFlags) => status(cli, edition, flags))
  for (const [kind, what] of Object.entries(decisions)) {
    newsletter
      .command(kind)
      .description(what)
      .argument('<edition>', 'id of the edition, its beginning, or slug or path of its post')
      .option('--site <site>', 'of this site alone')
      .addHelpText('after', `\nExample:\n  broadside newsletter ${kind} when-nats`)
      .action((edition: string, flags: NewsletterFlags) => decide(cli, kind, edition, flags))
  }
  addStats(newsletter, cli)
  addPostVerbs(newsletter, cli)
}

async function list(cli: Cli, {site, json}: NewsletterFlags): Promise<void> {
  await cli.withLedger(async ({db}) => {
    if (site !== undefined) await chooseSite(db, site)
    const editions = await Promise.all((await listEditions(db, {site})).map((edition) => withCounts(db, edition)))
    if (json === true) return cli.write(`${JSON.stringify(editions.map(toJson), null, 2)}\n`)
    if (editions.length === 0) return cli.say('there is no edition yet')
    const rows = editions.map(({id, site: of, title, state, reason, audience, counts}) => [
      id.slice(0, 8),
      of,
      state,
      audience === null ? (reason ?? '') : formatCounts(audience, counts),
      title,
    ])
    await cli.write(formatTable(rows))
  })
}

/** Law 3 is checked here each time: the sum over all states is the audience, or the verb fails. */
async function status(cli: Cli, name: string | undefined, {site, json}: NewsletterFlags): Promise<void> {
  await cli.withLedger(async ({db}) => {
    const edition = await withCounts(db, await findOne(db, name, site))
    const {title, state, reason, audience, counts} = edition
    const reports = await reportCounts(db, edition.id)
    const excluded = counts.excluded === 0 ? [] : await exclusionCounts(db, edition.id)
    if (json === true) await cli.write(`${JSON.stringify({...toJson(edition), excluded, reports}, null, 2)}\n`)
    else {
      await cli.write(
        `“${title}” (${edition.id.slice(0, 8)}, ${edition.site}): ${state}${reason === null ? '' : `, ${reason}`}\n`,
      )
      if (audience === null) await cli.write(`  its audience is not frozen yet\n`)
      else await cli.write(`  audience: ${formatCounts(audience, counts)}\n`)
      for (const {reason: why, people} of excluded.slice(0, 20)) await cli.write(`    ${people} excluded: ${why}\n`)
      const back = formatReports(reports)
      if (back !== '') await cli.write(`  told since: ${back}\n`)
    }
    if (audience === null || sumOf(counts) === audience) return
    throw new BroadsideError(
      'bug',
      'newsletter.sum',
      `edition ${edition.id} was frozen for ${audience} people and has ${sumOf(counts)} deliveries`,
      {hint: 'Pause it with broadside newsletter pause, and tell us'},
    )
  })
}

async function findOne(db: Db, name: string | undefined, site: string | undefined) {
  if (name !== undefined) return resolveEdition(db, {site, name})
  const [newest] = await listEditions(db, {site, limit: 1})
  if (newest !== undefined) return newest
  throw new BroadsideError('invalid', 'edition.unknown', 'there is no edition yet')
}

async function decide(cli: Cli, kind: string, name: string, {site}: NewsletterFlags): Promise<void> {
  await cli.withLedger(async (ledger) => {
    const {id} = await resolveEdition(ledger.db, {site, name})
    await askService(cli, ledger, {service: 'newsletter', kind, payload: {edition: id}})
    const edition = await withCounts(ledger.db, await resolveEdition(ledger.db, {name: id}))
    await cli.write(`“${edition.title}” (${id.slice(0, 8)}) is ${edition.state} now\n`)
  })
}

function toJson({id, site, post, title, subject, state, reason, audience, counts, ...times}: PushEdition) {
  const time = (at: number | null) => (at === null ? undefined : new Date(at).toISOString())
  return {
    id,
    site,
    post,
    title,
    subject,
    state,
    reason: reason ?? undefined,
    audience: audience ?? undefined,
    counts,
    createdAt: time(times.created_at),
    frozenAt: time(times.frozen_at),
    completedAt: time(times.completed_at),
  }
}
