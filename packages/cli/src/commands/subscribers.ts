import type {Command} from 'commander'
import type {Cli} from '../cli.ts'
import {
  addSubscriber,
  eraseSubscriber,
  exportSubscribers,
  importSubscribers,
  listPeople,
  whySubscriber,
} from './subscriber-verbs.ts'

export function addSubscribers(program: Command, cli: Cli): void {
  const subscribers = program
    .command('subscribers')
    .summary('the people that a site mails')
    .description('The people that a site mails. Whoever adds somebody here vouches for their consent.')
    .addHelpText('after', '\nExample:\n  broadside subscribers add ann@example.org --name Ann')
  const verb = (name: string, what: string, example: string) =>
    subscribers
      .command(name)
      .description(what)
      .option('--site <site>', 'of this site; may be left out where there is only one')
      .addHelpText('after', `\nExample:\n  broadside subscribers ${name}${example}`)

  verb('add', 'adds somebody who has agreed to get mail', ' ann@example.org --name "Ann Lee"')
    .argument('<address>', 'mail address')
    .option('--name <name>', 'how to call them')
    .action((address: string, flags: {site?: string; name?: string}) => addSubscriber(cli, address, flags))
  verb('list', 'lists subscribers', ' --state active --json')
    .option('--state <state>', 'pending, active, unsubscribed, bounced or complained')
    .option('--json', 'print them as JSON')
    .action((flags: {site?: string; state?: string; json?: boolean}) => listPeople(cli, flags))
  verb('import', 'takes over a list from a CSV file; only shows what would happen without --yes', ' list.csv --yes')
    .argument('<file>', 'CSV file with a column of addresses')
    .option('--yes', 'do it')
    .option('--json', 'print the outcome as JSON')
    .action((file: string, flags: {site?: string; yes?: boolean; json?: boolean}) =>
      importSubscribers(cli, file, flags),
    )
  verb('export', 'writes all subscribers as CSV, with what they chose to get', ' --out list.csv')
    .option('--out <file>', 'file to write (default: the terminal)')
    .action((flags: {site?: string; out?: string}) => exportSubscribers(cli, flags))
  verb('remove', 'forgets somebody; only a keyed hash keeps them from being imported again', ' ann@example.org')
    .alias('erase')
    .argument('<address>', 'mail address')
    .action((address: string, flags: {site?: string}) => eraseSubscriber(cli, address, flags))
  verb('why', 'tells how somebody came and went, and what each edition did with them', ' ann@example.org when-nats')
    .argument('<address>', 'mail address')
    .argument('[edition]', 'of this edition alone: its id, or its post')
    .option('--json', 'print it as JSON')
    .action((address: string, edition: string | undefined, flags: {site?: string; json?: boolean}) =>
      whySubscriber(cli, address, edition, flags),
    )
}
