import type {Command} from 'commander'
import {askService} from '../ask-service.ts'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'
import {untilRepaired} from '../until-repaired.ts'

type GcFlags = {site?: string; dryRun?: boolean; assetsNow?: boolean; json?: boolean}

/** What publisher answers: how many of each were collected, or would be. */
type Collected = Record<
  'assets' | 'binaries' | 'waiting' | 'versions' | 'outputs' | 'texts' | 'fragments' | 'events' | 'told',
  number
>

/** Listing all objects takes its time; so much longer than for other requests is waited. */
const patienceFactor = 60

const names: [keyof Collected, string][] = [
  ['assets', 'assets of earlier releases'],
  ['binaries', 'files below private/'],
  ['versions', 'versions of posts, pages and files'],
  ['texts', 'texts'],
  ['fragments', 'fragments'],
  ['outputs', 'planned outputs of earlier releases'],
  ['events', 'events told long ago'],
  ['told', 'hints and calls settled long ago'],
]

export function addGc(program: Command, cli: Cli): void {
  program
    .command('gc')
    .summary('collect what nobody needs any more')
    .description(
      'Collects assets that the last releases have left behind, files below private/ that nothing names, and old ' +
        'versions, fragments and texts of the ledger. Publisher does so by itself every six hours. Nothing is removed ' +
        'that Broadside did not put there.',
    )
    .option('--site <site>', 'of this site')
    .option('--dry-run', 'count, and remove nothing')
    .option('--assets-now', 'also assets that would stay for readers of older pages')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  broadside gc --dry-run')
    .action((flags: GcFlags) => collect(cli, flags))
}

async function collect(cli: Cli, {site, dryRun = false, assetsNow = false, json}: GcFlags): Promise<void> {
  await cli.withLedger(async (ledger) => {
    const {name} = await chooseSite(ledger.db, site)
    const patient = {...cli, patienceMs: cli.patienceMs * patienceFactor}
    const payload = {site: name, dryRun, withAssets: assetsNow}
    const found = (await askService(patient, ledger, {service: 'publisher', kind: 'gc', payload})) as Collected
    if (!dryRun && found.assets > 0) await untilRepaired(patient, ledger, name)
    if (json === true) return cli.write(`${JSON.stringify({site: name, dryRun, ...found}, null, 2)}\n`)
    const parts = names.flatMap(([key, what]) => (found[key] === 0 ? [] : [`${found[key]} ${what}`]))
    const verb = dryRun ? 'would be collected' : 'collected'
    await cli.write(parts.length === 0 ? `nothing of ${name} is to be collected\n` : `${verb}: ${parts.join(', ')}\n`)
    if (found.waiting > 0) cli.say(`${found.waiting} files below private/ go when nothing has named them for a day`)
  })
}
