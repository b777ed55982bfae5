import {expect, test} from 'vitest'
import {checkOneClick} from './check-one-click.ts'
import {checkMailRecords, type MailSetup, type Resolver} from './mail-records.ts'

const dkim = {domain: 'studio.example', selector: 's1', record: 'v=DKIM1; k=rsa; p=QUJD'}
const setup: MailSetup = {
  fromDomain: 'notes.studio.example',
  returnDomain: undefined,
  dkim,
  smtpHost: 'mx.studio.example',
}
const good = {
  'notes.studio.example': ['v=spf1 include:provider.example ~all'],
  's1._domainkey.studio.example': ['v=DKIM1; k=rsa; p=QU', 'JD'],
  '_dmarc.studio.example': ['v=DMARC1; p=quarantine'],
}

function resolver(texts: Record<string, string[]>, names: string[] = ['mx.studio.example']): Resolver {
  return {
    async resolveTxt(name) {
      const strings = texts[name]
      if (strings === undefined) throw Object.assign(new Error('no'), {code: 'ENOTFOUND'})
      if (strings[0] === 'silent') throw Object.assign(new Error('no'), {code: 'ETIMEOUT'})
      return strings[0] === 'two' ? strings.slice(1).map((one) => [one]) : [strings]
    },
    reverse: async () => names,
    lookup: async () => [{address: '192.0.2.1'}],
  }
}

const states = async (texts: Record<string, string[]>, names?: string[]) =>
  (await checkMailRecords(setup, resolver(texts, names))).map(({state}) => state)

test('records that are as they should be are good, DMARC of the parent domain among them', async () => {
  expect(await states(good)).toEqual(['good', 'good', 'good', 'good'])
})

test.each([
  ['no records at all', {}, ['bad', 'bad', 'bad', 'good']],
  [
    'two SPF records',
    {...good, 'notes.studio.example': ['two', 'v=spf1 -all', 'v=spf1 ~all']},
    ['bad', 'good', 'good', 'good'],
  ],
  ['SPF for anybody', {...good, 'notes.studio.example': ['v=spf1 +all']}, ['bad', 'good', 'good', 'good']],
  ['another key', {...good, 's1._domainkey.studio.example': ['v=DKIM1; p=WFla']}, ['good', 'bad', 'good', 'good']],
  ['DNS that is silent', {...good, '_dmarc.notes.studio.example': ['silent']}, ['good', 'good', 'unknown', 'good']],
])('%s', async (_, texts, expected) => {
  expect(await states(texts)).toEqual(expected)
})

test('SPF is asked where mails come back to, which is what receivers compare', async () => {
  const records = {...good, 'notes.studio.example': [], 'bounces.studio.example': ['v=spf1 -all']}
  const [spf] = await checkMailRecords({...setup, returnDomain: 'bounces.studio.example'}, resolver(records))
  expect(spf).toMatchObject({about: 'SPF of bounces.studio.example', state: 'good'})
})

test('each finding that is not good says what to do', async () => {
  const findings = await checkMailRecords({...setup, dkim: undefined}, resolver({}, []))
  expect(findings.filter(({advice}) => advice === undefined)).toEqual([])
})

test.each([
  [404, 'noindex', 'https://mail.notes.example', 'good'],
  [404, 'noindex', 'http://mail.notes.example', 'unsure'],
  [301, 'noindex', 'https://mail.notes.example', 'bad'],
  [200, 'noindex', 'https://mail.notes.example', 'bad'],
  [404, 'all', 'https://mail.notes.example', 'bad'],
])(
  'a POST to a link of nobody that is answered with %i and robots %s at %s is %s',
  async (status, robots, url, state) => {
    const asked: string[] = []
    const answer: typeof fetch = async (address, init) => {
      asked.push(`${init?.method} ${String(address)}`)
      return new Response(null, {status, headers: {'x-robots-tag': robots}})
    }
    expect((await checkOneClick(url, answer)).state).toBe(state)
    expect(asked[0]).toMatch(/^POST https?:\/\/mail\.notes\.example\/unsubscribe\//)
  },
)
