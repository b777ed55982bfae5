import {changesBetween, findReleaseOrRevision, openSiteView, type Db} from '@broadside/ledger'
import {diffViews, type OutputDifference} from '@broadside/site'
import type {Command} from 'commander'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'

type DiffFlags = {site?: string; json?: boolean}

const signs = {added: '+', changed: '~', removed: '-'} as const

export function addDiff(program: Command, cli: Cli): void {
  program
    .command('diff')
    .summary('tell which outputs differ between two releases')
    .description(
      'Tells which outputs are added (+), changed (~) and removed (-) on the way from one release or revision to ' +
        'another, forwards or backwards. Both are built again from the ledger; nothing is read from the live site.',
    )
    .argument('<from>', 'a release (12) or a revision (r34)')
    .argument('<to>', 'another one')
    .option('--site <site>', 'of this site')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExamples:\n  broadside diff 11 12\n  broadside diff r34 r30 --json')
    .action((from: string, to: string, flags: DiffFlags) => diff(cli, [from, to], flags))
}

async function diff(cli: Cli, [from, to]: [string, string], {site, json}: DiffFlags): Promise<void> {
  await cli.withLedger(async ({db}) => {
    const {name} = await chooseSite(db, site)
    const was = await findReleaseOrRevision(db, name, from)
    const is = await findReleaseOrRevision(db, name, to)
    const found = {added: [] as string[], changed: [] as string[], removed: [] as string[]}
    for await (const {address, what} of differences(db, name, was.revision, is.revision)) {
      found[what].push(address)
      if (json !== true) await cli.write(`${signs[what]} ${address}\n`)
    }
    if (json === true) {
      const value = {site: name, from: was, to: is, ...found}
      return cli.write(`${JSON.stringify(value, null, 2)}\n`)
    }
    const {added, changed, removed} = found
    cli.say(
      `revision ${was.revision} to ${is.revision} of ${name}: ${added.length} added, ${changed.length} changed, ` +
        `${removed.length} removed`,
    )
  })
}

async function* differences(db: Db, site: string, was: number, is: number): AsyncIterable<OutputDifference> {
  if (was === is) return
  yield* diffViews({
    before: await openSiteView(db, site, was),
    after: await openSiteView(db, site, is),
    changes: await changesBetween(db, site, was, is),
  })
}
