import {createHmac} from 'node:crypto'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {createMailgun, type Provider} from '@broadside/bounces'
import {reportRoutes} from '../src/reports/report-routes.ts'
import {mailTo, openReportsBed, returnPaths, type ReportsBed} from './reports-bed.ts'

const key = 'a-signing-key'
const confirmed: string[] = []
let bed: ReportsBed
let tokens = 0
beforeEach(async () => {
  bed = await openReportsBed(2)
})
afterEach(() => bed.stop())

/** A provider that anybody is, and that wants to be confirmed. */
const asking: Provider = {verify: () => true, read: () => ({reports: [], confirmUrl: 'https://sns.example/confirm'})}

const routes = () =>
  reportRoutes({
    ...bed.deps,
    returnPaths,
    providers: new Map([
      ['mailgun', createMailgun(key)],
      ['ses', asking],
    ]),
    confirm: async (url) => void confirmed.push(url),
  })

function failed(person: number, {id = 'e1', tag = returnPaths.tagFor('bounce', mailTo(person))} = {}): string {
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const token = `token-${(tokens += 1)}`
  const signature = createHmac('sha256', key)
    .update(timestamp + token)
    .digest('hex')
  const data = {id, event: 'failed', severity: 'permanent', timestamp: Date.now() / 1_000}
  const status = {code: 550, message: '5.1.1 <person-1@readers.example> is unknown'}
  return JSON.stringify({
    signature: {timestamp, token, signature},
    'event-data': {...data, 'delivery-status': status, 'user-variables': {broadside: tag}},
  })
}

async function post(name: string, body: string): Promise<{status: number; answer: unknown}> {
  const response = await routes().request(`/reports/${name}`, {method: 'POST', body})
  const answer = (await response.json()) as {code?: string}
  return {status: response.status, answer: answer.code ?? answer}
}

test('an event that a provider has signed is in the ledger when it is answered, and counts once', async () => {
  expect(await post('mailgun', failed(1))).toEqual({status: 200, answer: {taken: 1}})
  expect(await bed.stateOf(1)).toBe('bounced')
  expect(await post('mailgun', failed(1))).toEqual({status: 200, answer: {taken: 0}})
  const rows = await bed.ledger.db.selectFrom('mail_reports').select(['source', 'event', 'kind', 'reply']).execute()
  expect(rows).toEqual([{source: 'mailgun', event: 'e1', kind: 'bounced', reply: '5.1.1 <…> is unknown'}])
})

test('a mail of somebody else by the same account is none of ours', async () => {
  expect(await post('mailgun', failed(1, {tag: 'bsomething'}))).toEqual({status: 200, answer: {taken: 0}})
  expect(await bed.stateOf(1)).toBe('active')
})

test('what is not signed is refused, and what is not asked for as well', async () => {
  const forged = failed(1).replace(/"signature":"..../, '"signature":"0000')
  expect(await post('mailgun', forged)).toEqual({status: 401, answer: 'reports.refused'})
  expect(await post('postmark', failed(1))).toEqual({status: 404, answer: 'reports.provider'})
  expect(await bed.stateOf(1)).toBe('active')
})

test('a signed body of another shape is told from one that can come again', async () => {
  const body = JSON.parse(failed(1)) as {'event-data': {timestamp: unknown}}
  body['event-data'].timestamp = 'never'
  expect(await post('mailgun', JSON.stringify(body))).toEqual({status: 400, answer: 'reports.malformed'})
})

test('a provider that asks is told that it is welcome', async () => {
  expect(await post('ses', '{}')).toEqual({status: 200, answer: {taken: 0}})
  expect(confirmed).toEqual(['https://sns.example/confirm'])
})
