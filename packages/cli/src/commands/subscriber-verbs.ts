import {createWriteStream} from 'node:fs'
import {access, rename, rm} from 'node:fs/promises'
import {resolve} from 'node:path'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {
  countSubscribers,
  findSubscriberByAddress,
  listSubscribers,
  preferencesOf,
  resolveEdition,
  subscriberStory,
  type RequestProgress,
} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {parseAddress, writeSubscribers, type ExportRow, type SubscriberState} from '@broadside/subscribers'
import {askService} from '../ask-service.ts'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'
import {createProgress} from '../progress.ts'
import {formatImport, type ImportOutcome} from '../format-import.ts'

const states: SubscriberState[] = ['pending', 'active', 'unsubscribed', 'bounced', 'complained']

export async function addSubscriber(cli: Cli, given: string, flags: {site?: string; name?: string}): Promise<void> {
  const {address} = parseAddress(given)
  await cli.withLedger(async (ledger) => {
    const {name: site} = await chooseSite(ledger.db, flags.site)
    const payload = {site, address, ...(flags.name === undefined ? {} : {name: flags.name})}
    const answer = await askService(cli, ledger, {service: 'audience', kind: 'subscribers.add', payload})
    const {added} = answer as {added: boolean}
    const {active = 0} = await countSubscribers(ledger.db, site)
    await cli.write(`${address} gets the mail of ${site} ${added ? 'now' : 'already'}; ${active} active in all\n`)
  })
}

export async function eraseSubscriber(cli: Cli, given: string, flags: {site?: string}): Promise<void> {
  const {address} = parseAddress(given)
  await cli.withLedger(async (ledger) => {
    const {name: site} = await chooseSite(ledger.db, flags.site)
    await askService(cli, ledger, {service: 'audience', kind: 'subscribers.erase', payload: {site, address}})
    await cli.write(`${address} is erased from ${site}\n`)
  })
}

/** Everything that happened with somebody, oldest first. Who was erased is found by audience alone, by its keys. */
export async function whySubscriber(
  cli: Cli,
  given: string,
  name: string | undefined,
  flags: {site?: string; json?: boolean},
): Promise<void> {
  const address = parseAddress(given)
  await cli.withLedger(async (ledger) => {
    const {db} = ledger
    const {name: site} = await chooseSite(db, flags.site)
    const asked = {service: 'audience', kind: 'subscribers.find', payload: {site, address: address.address}} as const
    const known = (await findSubscriberByAddress(db, site, address)) ?? (await askService(cli, ledger, asked))
    const {id, state} = known as {id: string; state: string}
    const edition = name === undefined ? undefined : await resolveEdition(db, {site, name})
    const lines = await subscriberStory(db, {site, subscriber: id}, edition)
    const story = lines.map(({at, ...line}) => ({at: new Date(at).toISOString(), ...line}))
    if (flags.json === true) return cli.write(`${JSON.stringify({id, state, story}, null, 2)}\n`)
    await cli.write(`${address.address} is ${state} (${id})\n`)
    for (const {at, what, detail} of story) await cli.write(`  ${at}  ${what}  ${detail}\n`)
  })
}

export async function listPeople(cli: Cli, flags: {site?: string; state?: string; json?: boolean}): Promise<void> {
  const {state, json} = flags
  if (state !== undefined && !states.includes(state as SubscriberState)) {
    throw new BroadsideError('invalid', 'subscribers.state', `nobody can be ${JSON.stringify(state)}`, {
      hint: `Give one of ${states.join(', ')}`,
    })
  }
  await cli.withLedger(async ({db}) => {
    const site = await chooseSite(db, flags.site)
    const only = state === undefined ? {} : {state: state as SubscriberState}
    let count = 0
    for await (const row of listSubscribers(db, site.name, only)) {
      const since = new Date(row.created_at).toISOString()
      const name = row.name ?? undefined
      const value = {id: row.id, address: row.address, name, state: row.state, createdAt: since}
      if (json === true) await cli.write(`${count === 0 ? '[' : ','}\n  ${JSON.stringify(value)}`)
      else
        await cli.write(`${row.address}  ${row.state}  ${since.slice(0, 10)}${name === undefined ? '' : `  ${name}`}\n`)
      count += 1
    }
    if (json === true) await cli.write(count === 0 ? '[]\n' : '\n]\n')
    else cli.say(cli.paintSaid.dim(`${count} ${count === 1 ? 'subscriber' : 'subscribers'} of ${site.name}`))
  })
}

export async function importSubscribers(
  cli: Cli,
  file: string,
  flags: {site?: string; yes?: boolean; json?: boolean},
): Promise<void> {
  const path = resolve(cli.cwd, file)
  await access(path).catch((cause: unknown) => {
    throw new BroadsideError('invalid', 'subscribers.file', `cannot read ${path}`, {cause})
  })
  await cli.withLedger(async (ledger) => {
    const {name: site} = await chooseSite(ledger.db, flags.site)
    const payload = {site, path, yes: flags.yes === true}
    const progress = createProgress(cli)
    const onProgress = ({done, total}: RequestProgress) => progress.show(`reading ${file}, bytes`, done, total)
    const asked = {service: 'audience', kind: 'subscribers.import', payload, onProgress} as const
    const outcome = (await askService(cli, ledger, asked).finally(progress.clear)) as ImportOutcome
    if (flags.json === true) return cli.write(`${JSON.stringify(outcome, null, 2)}\n`)
    await cli.write(formatImport(outcome, {file}))
    if (flags.yes !== true) cli.say('add --yes to do it')
  })
}

export async function exportSubscribers(cli: Cli, flags: {site?: string; out?: string}): Promise<void> {
  await cli.withLedger(async ({db}) => {
    const site = await chooseSite(db, flags.site)
    let count = 0
    async function* rows(): AsyncGenerator<ExportRow> {
      for await (const row of listSubscribers(db, site.name)) {
        count += 1
        const name = row.name === null ? {} : {name: row.name}
        const createdAt = new Date(row.created_at).toISOString()
        yield {address: row.address, ...name, status: row.state, createdAt, preferences: preferencesOf(row)}
      }
    }
    if (flags.out === undefined) {
      for await (const line of writeSubscribers(rows())) await cli.write(line)
      return
    }
    const path = resolve(cli.cwd, flags.out)
    const aside = `${path}.new-${process.pid}`
    try {
      await pipeline(Readable.from(writeSubscribers(rows())), createWriteStream(aside, {mode: 0o600}))
      await rename(aside, path)
    } catch (cause) {
      await rm(aside, {force: true})
      throw new BroadsideError('invalid', 'subscribers.out', `cannot write ${path}`, {cause})
    }
    cli.say(`${count} ${count === 1 ? 'subscriber' : 'subscribers'} of ${site.name} in ${path}`)
  })
}
