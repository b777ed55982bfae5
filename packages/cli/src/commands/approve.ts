import {openHolds} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import type {Command} from 'commander'
import {askService} from '../ask-service.ts'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'

export function addApprove(program: Command, cli: Cli): void {
  program
    .command('approve')
    .summary('let a push go that would take many posts off the site')
    .description(
      'A push that would remove more than a third of the posts, and more than ten, is kept and not released until ' +
        'somebody says yes here; so is what is pushed after it, unless that puts it right. `broadside status` shows it.',
    )
    .argument('[site]', 'name of the site')
    .option('--json', 'print the numbers of the revisions as JSON')
    .addHelpText('after', '\nExample:\n  broadside approve field-notes')
    .action((site: string | undefined, flags: {json?: boolean}) => approve(cli, site, flags))
}

async function approve(cli: Cli, named: string | undefined, {json}: {json?: boolean}): Promise<void> {
  await cli.withLedger(async (ledger) => {
    const {name: site} = await chooseSite(ledger.db, named)
    const [newest] = await openHolds(ledger.db, site)
    if (newest === undefined) {
      throw new BroadsideError('invalid', 'approve.nothing', `no revision of ${site} waits for a yes`, {
        hint: 'A mail is approved with broadside newsletter approve',
      })
    }
    const payload = {site, revision: newest.revision}
    const answer = (await askService(cli, ledger, {service: 'publisher', kind: 'approve', payload})) as {
      approved: number[]
    }
    if (json === true) return cli.write(`${JSON.stringify(answer, null, 2)}\n`)
    await cli.write(
      `${site}: revision ${newest.revision} goes live, ${newest.reason.replace('it would take', 'which takes')}\n`,
    )
  })
}
