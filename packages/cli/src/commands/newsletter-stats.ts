import {deliveryCounts, listEditions, mailCounts, resolveEdition, type Db, type EditionRow} from '@broadside/ledger'
import type {EditionMessage} from '@broadside/mail'
import {BroadsideError} from '@broadside/runtime'
import type {Command} from 'commander'
import type {Cli} from '../cli.ts'

type StatsFlags = {site?: string; json?: boolean}

/** What was counted of an edition; undefined where its site did not ask for it when it was sent. */
type Stats = {
  accepted: number
  opens: {people: number; proxies: number; preloads: number; machines: number} | undefined
  clicks: {people: number; machines: number; links: {url: string; people: number}[]} | undefined
}

export function addStats(newsletter: Command, cli: Cli): void {
  newsletter
    .command('stats')
    .description(
      'how often an edition was opened and its links followed, where its site counts that (default: the newest)',
    )
    .argument('[edition]', 'id of the edition, its beginning, or slug or path of its post')
    .option('--site <site>', 'of this site alone')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  broadside newsletter stats when-nats')
    .action((edition: string | undefined, flags: StatsFlags) => stats(cli, edition, flags))
}

async function stats(cli: Cli, name: string | undefined, {site, json}: StatsFlags): Promise<void> {
  await cli.withLedger(async ({db}) => {
    const edition =
      name === undefined ? (await listEditions(db, {site, limit: 1}))[0] : await resolveEdition(db, {site, name})
    if (edition === undefined) throw new BroadsideError('invalid', 'edition.unknown', 'there is no edition yet')
    const found = await statsOf(db, edition)
    const {id, site: of, subject} = edition
    if (json === true) return cli.write(`${JSON.stringify({id, site: of, subject, ...found}, null, 2)}\n`)
    await cli.write(`“${subject}” (${id.slice(0, 8)}, ${of}): ${found.accepted} mails accepted\n${format(found)}`)
  })
}

async function statsOf(db: Db, {id, message_hash: hash}: EditionRow): Promise<Stats> {
  const text = await db
    .selectFrom('texts')
    .select('body')
    .where('hash', '=', hash ?? '')
    .executeTakeFirst()
  const {counts} = (text === undefined ? {} : JSON.parse(text.body)) as Partial<EditionMessage>
  const rows = await mailCounts(db, id)
  const sum = (kind: string, reader: string) =>
    rows.reduce((all, row) => (row.kind === kind && row.reader === reader ? all + row.count : all), 0)
  const links = rows.filter(({kind, reader}) => kind === 'click' && reader === 'person')
  return {
    accepted: (await deliveryCounts(db, id)).accepted,
    opens:
      counts?.pixelUrl === undefined
        ? undefined
        : {
            people: sum('open', 'person'),
            proxies: sum('open', 'proxy'),
            preloads: sum('open', 'preload'),
            machines: sum('open', 'machine'),
          },
    clicks:
      counts?.clicks === true
        ? {
            people: sum('click', 'person'),
            machines: sum('click', 'machine'),
            links: links.map(({url, count}) => ({url, people: count})),
          }
        : undefined,
  }
}

function format({opens, clicks}: Stats): string {
  const lines: string[] = []
  if (opens === undefined && clicks === undefined) {
    lines.push('opens and clicks of it are not counted: see countOpens and countClicks of broadside.yaml')
  }
  if (opens !== undefined) {
    const {people, proxies, preloads, machines} = opens
    lines.push(`opened: ${people} times, and ${proxies} through the proxy of a mail provider`)
    lines.push(`  not counted in: ${preloads} loads by Apple for mails read or not, ${machines} by programs`)
  }
  if (clicks !== undefined) {
    lines.push(`links followed: ${clicks.people} times`)
    const width = String(clicks.links[0]?.people ?? 0).length
    for (const {url, people} of clicks.links) lines.push(`  ${String(people).padStart(width)}  ${url}`)
    lines.push(`  not counted in: ${clicks.machines} by programs`)
  }
  return lines.map((line) => `  ${line}\n`).join('')
}
