import {formatAnswer, type AcceptedRevision} from '@broadside/revision'
import type {Command} from 'commander'
import {askService} from '../ask-service.ts'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'
import {findInstallation} from '../find-installation.ts'

export function addPublish(program: Command, cli: Cli): void {
  program
    .command('publish')
    .summary('look at the site’s repository now, as a push would')
    .description('Has intake fetch the branch of a site and accept what is new; prints the answer that a push gets.')
    .argument('[site]', 'name of the site')
    .option('--json', 'print the revision as JSON; null when nothing is new')
    .addHelpText('after', '\nExample:\n  broadside publish field-notes')
    .action((site: string | undefined, flags: {json?: boolean}) => publish(cli, site, flags))
}

async function publish(cli: Cli, named: string | undefined, {json}: {json?: boolean}): Promise<void> {
  await cli.withLedger(async (ledger) => {
    const site = await chooseSite(ledger.db, named)
    const payload = {site: site.name}
    const accepted = (await askService(cli, ledger, {
      service: 'intake',
      kind: 'publish',
      payload,
    })) as AcceptedRevision | null
    if (json === true) return cli.write(`${JSON.stringify(accepted, null, 2)}\n`)
    if (accepted === null) return cli.write('nothing new to publish\n')
    await cli.write(`${formatAnswer(site.name, accepted, findInstallation(cli).consoleUrl)}\n`)
  })
}
