import type {Command} from 'commander'
import {askService} from '../ask-service.ts'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'
import {untilRepaired} from '../until-repaired.ts'

/** Filling a wiped bucket takes its time; so much longer than for other requests is waited. */
const patienceFactor = 60

export function addReconcile(program: Command, cli: Cli): void {
  program
    .command('reconcile')
    .summary('put again what is gone from the objects')
    .description(
      'Compares the names of all objects of a site with the ledger, and has what is gone put again: a wiped bucket fills ' +
        'itself. Publisher does so by itself at its start and every six hours. What is altered, broadside verify finds.',
    )
    .option('--site <site>', 'of this site')
    .addHelpText('after', '\nExample:\n  broadside reconcile --site field-notes')
    .action((flags: {site?: string}) => reconcile(cli, flags))
}

async function reconcile(cli: Cli, flags: {site?: string}): Promise<void> {
  await cli.withLedger(async (ledger) => {
    const {name: site} = await chooseSite(ledger.db, flags.site)
    const patient = {...cli, patienceMs: cli.patienceMs * patienceFactor}
    const asked = {service: 'publisher', kind: 'reconcile', payload: {site}} as const
    const found = (await askService(patient, ledger, asked)) as Record<string, number>
    const {outputs = 0, binaries = 0, images = 0, search = 0} = found
    if (outputs > 0) await untilRepaired(patient, ledger, site)
    const gone = [
      [outputs, 'outputs'],
      [binaries, 'files of the repository'],
      [images, 'files made of images'],
      [search, 'files of the search index'],
    ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]))
    await cli.write(gone.length === 0 ? `nothing of ${site} is gone\n` : `put again: ${gone.join(', ')}\n`)
  })
}
