import {readFile} from 'node:fs/promises'
import {resolve} from 'node:path'
import {BroadsideError, verifyJson} from '@broadside/runtime'
import type {Command} from 'commander'
import {z} from 'zod'
import {askService} from '../ask-service.ts'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'

const schema = z.object({
  receipt: z.looseObject({
    type: z.literal('broadside-receipt/1'),
    site: z.string(),
    release: z.number(),
    commit: z.string(),
    liveAt: z.string(),
    outputs: z.array(z.object({path: z.string(), sha256: z.string()})),
  }),
  signature: z.object({algorithm: z.literal('Ed25519'), key: z.string(), value: z.string()}),
})

export function addReceipt(program: Command, cli: Cli): void {
  const receipt = program
    .command('receipt')
    .summary('print what a release published, signed')
    .description(
      'Prints the receipt of a live release as JSON: commit, what it put with hashes, feeds, what was mailed, and how it ' +
        'was proven, signed by this installation. The newest release unless one is named.',
    )
    .argument('[release]', 'the number of a release')
    .option('--site <site>', 'of this site')
    .addHelpText('after', '\nExamples:\n  broadside receipt > receipt.json\n  broadside receipt verify receipt.json')
    .action((release: string | undefined, flags: {site?: string}) => print(cli, release, flags))
  receipt
    .command('verify')
    .description('tells whether a receipt is as it was signed, and by the key that is expected')
    .argument('<file>', 'a receipt')
    .option('--key <key>', 'the public key of the installation (default: the one of this installation)')
    .addHelpText(
      'after',
      '\nExample:\n  broadside receipt verify receipt.json --key 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    )
    .action((file: string, flags: {key?: string}) => verifyReceipt(cli, file, flags))
}

async function print(cli: Cli, given: string | undefined, flags: {site?: string}): Promise<void> {
  if (given !== undefined && !/^[1-9]\d{0,8}$/.test(given)) {
    throw new BroadsideError('invalid', 'release.name', `${JSON.stringify(given)} names no release`)
  }
  await cli.withLedger(async (ledger) => {
    const {name: site} = await chooseSite(ledger.db, flags.site)
    const payload = {site, ...(given === undefined ? {} : {release: Number(given)})}
    const answer = await askService(cli, ledger, {service: 'publisher', kind: 'receipt', payload})
    await cli.write(`${JSON.stringify(answer, null, 2)}\n`)
  })
}

async function verifyReceipt(cli: Cli, file: string, flags: {key?: string}): Promise<void> {
  const {receipt, signature} = await readReceipt(resolve(cli.cwd, file))
  if (!verifyJson(receipt, signature)) {
    throw new BroadsideError('invalid', 'receipt.altered', `${file} is not as it was signed`)
  }
  const known = flags.key ?? (await keyHere(cli))
  if (signature.key !== known) {
    throw new BroadsideError('invalid', 'receipt.other-key', `${file} was signed by ${signature.key}`, {
      hint: known === undefined ? 'Name the key that you expect with --key' : `Expected was ${known}`,
    })
  }
  const {release, site, commit, liveAt, outputs} = receipt
  await cli.write(
    `release ${release} of ${site}: commit ${commit}, ${outputs.length} outputs, live ${liveAt}, signed by ${known}\n`,
  )
}

async function readReceipt(file: string): Promise<z.infer<typeof schema>> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new BroadsideError('invalid', 'receipt.unreadable', `${file} holds no receipt`, {cause})
  }
}

/** Where there is an installation, the key that it signed with last. */
async function keyHere(cli: Cli): Promise<string | undefined> {
  let key: string | undefined
  await cli
    .withLedger(async ({db}) => {
      const row = await db.selectFrom('facts').select('value').where('name', '=', 'receipt-key').executeTakeFirst()
      key = row?.value
    })
    .catch((error: unknown) => {
      if (!(error instanceof BroadsideError)) throw error
    })
  return key
}
