import {generateKeyPairSync} from 'node:crypto'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {createLogger, signJson, systemClock, type Service} from '@broadside/runtime'
import {openRelease, serveRequests, type RequestHandler} from '@broadside/ledger'
import {rollBack, unpinSite} from '@broadside/revision'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {runCli} from './test-cli.ts'
import {createInstallation, post, siteName, type TestInstallation} from './test-installation.ts'

const at = Date.parse('2026-11-20T12:00:00Z')
let installed: TestInstallation
let service: Service | undefined
beforeEach(async () => {
  installed = await createInstallation()
})
afterEach(async () => {
  await service?.stop()
  service = undefined
  await installed.close()
})

const cli = (...argv: string[]) => runCli(argv, {env: installed.env, cwd: installed.home, patienceMs: 2_000})

/** A release of the revision that is live and done. */
async function addRelease(revision: number): Promise<void> {
  const {db} = installed.ledger
  const release = await openRelease(db, siteName, revision, at)
  await db
    .updateTable('releases')
    .set({state: 'done', proof: 'public', uploaded: 12, unchanged: 2, live_at: at + 400, done_at: at + 500})
    .where('number', '=', release!.number)
    .execute()
}

describe('releases', () => {
  test('lists the newest first, with commit, cause and counts', async () => {
    expect(await cli('releases')).toMatchObject({code: 0, out: '', err: 'nothing of notes was released yet\n'})
    await installed.push({'posts/one.md': post('One')})
    await addRelease(1)
    const first = await installed.repo.git('rev-parse', 'HEAD')
    await installed.push({'posts/two.md': post('Two')})
    const second = await installed.repo.git('rev-parse', 'HEAD')
    await openRelease(installed.ledger.db, siteName, 2, at)
    const {out} = await cli('releases')
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['2', 'r2', second.slice(0, 10), 'push', 'planning', '0 uploaded, 0 unchanged, 0 removed'],
      [
        '1',
        'r1',
        first.slice(0, 10),
        'push',
        'live (public)',
        '2026-11-20T12:00:00.400Z',
        '12 uploaded, 2 unchanged, 0 removed',
      ],
      [''],
    ])
    const {out: json} = await cli('releases', '--json')
    expect(JSON.parse(json)).toMatchObject([
      {release: 2, revision: 2, state: 'planning'},
      {release: 1, revision: 1, commit: first, proof: 'public', liveAt: '2026-11-20T12:00:00.400Z'},
    ])
  })
})

describe('diff', () => {
  test('tells outputs that come, change and go, forwards and backwards', async () => {
    await installed.push({'posts/one.md': post('One'), 'assets/old.txt': 'Old.'})
    await addRelease(1)
    await installed.push({'posts/two.md': post('Two', {date: '2026-11-02'}), 'assets/old.txt': undefined})
    await addRelease(2)
    const there = JSON.parse((await cli('diff', '1', '2', '--json')).out) as Record<string, string[]>
    expect(there['added']).toContain('/posts/two/')
    expect(there['removed']).toContain('/assets/old.txt')
    expect(there['changed']).toContain('/posts/one/')
    const back = JSON.parse((await cli('diff', 'r2', 'r1', '--json')).out) as Record<string, string[]>
    expect(back).toMatchObject({added: there['removed'], changed: there['changed'], removed: there['added']})
    const {out, err} = await cli('diff', '1', '2')
    expect(out).toContain('+ /posts/two/\n')
    expect(out).toContain('- /assets/old.txt\n')
    expect(err).toMatch(/^revision 1 to 2 of notes: \d+ added, \d+ changed, \d+ removed\n$/)
    expect(await cli('diff', '2', 'r2')).toMatchObject({code: 0, out: ''})
  })

  test('names what there is not', async () => {
    await installed.push({'posts/one.md': post('One')})
    expect(await cli('diff', '1', 'r1')).toMatchObject({code: 2})
    expect((await cli('diff', 'r1', 'r9')).err).toContain('there is no revision 9 of notes')
    expect((await cli('diff', 'main', 'r1')).err).toContain('"main" names no release and no revision')
  })
})

describe('rollback and unpin', () => {
  /** Intake and publisher in small: what is asked for is written, and released at once. */
  async function serveIntake(): Promise<void> {
    const {ledger} = installed
    const rollback: RequestHandler = async (payload) => {
      const {to} = payload as {to: number}
      const done = await rollBack({ledger, site: siteName, to, now: at, source: 'intake'})
      await addRelease(done.revision)
      return done
    }
    const unpin: RequestHandler = async () => {
      const unpinned = await unpinSite(ledger.db, siteName)
      if (unpinned) await addRelease(2)
      return {unpinned}
    }
    const log = createLogger({service: 'intake', level: 'silent'})
    service = serveRequests({
      ledger,
      service: 'intake',
      handlers: {rollback, unpin},
      log,
      clock: systemClock,
      everyMs: 20,
    })
    await service.start()
  }

  test('go to what was live before unless told, say so in status, and come back', async () => {
    await installed.push({'posts/one.md': post('One')})
    await addRelease(1)
    expect((await cli('rollback')).err).toContain('notes had nothing live before what it has now')
    await installed.push({'posts/two.md': post('Two')})
    await addRelease(2)
    await serveIntake()
    const {code, out, err} = await cli('rollback')
    expect({code, out}).toEqual({code: 0, out: 'release 3 of notes is live: 12 uploaded, 2 unchanged, 0 removed\n'})
    expect(err).toContain('revision 3 of notes shows revision 1')

    const status = await cli('status')
    expect(status.err).toContain('notes is rolled back to revision 1, until broadside unpin')
    const pushes = JSON.parse((await cli('status', '--json')).out) as {pushes: {stage: string; why?: string}[]}
    expect(pushes.pushes.map(({stage, why = ''}) => [stage, why])).toEqual([
      ['live', ''],
      ['rendered', 'not released: the site is rolled back to revision 1, until broadside unpin'],
      ['live', ''],
    ])
    const diff = await cli('diff', '2', '3')
    expect(diff.out).toContain('- /posts/two/\n')
    expect((await cli('rollback', 'r3')).err).toContain('shows revision 1')

    expect(await cli('unpin')).toMatchObject({code: 0})
    expect(await cli('unpin')).toMatchObject({code: 0, out: 'notes is not rolled back\n'})
  })
})

describe('receipt', () => {
  test('is printed, and verified by the key of the installation or one that is named', async () => {
    const key = generateKeyPairSync('ed25519').privateKey
    const receipt = {
      type: 'broadside-receipt/1',
      site: siteName,
      release: 3,
      commit: 'abc',
      liveAt: 'then',
      outputs: [],
    }
    const signature = signJson(receipt, key)
    const {ledger} = installed
    const log = createLogger({service: 'publisher', level: 'silent'})
    const handlers = {receipt: async () => ({receipt, signature})}
    service = serveRequests({ledger, service: 'publisher', handlers, log, clock: systemClock, everyMs: 20})
    await service.start()
    const file = join(installed.home, 'receipt.json')
    await writeFile(file, (await cli('receipt', '3')).out)
    const other = await cli('receipt', 'verify', file)
    expect(other).toMatchObject({code: 2, err: expect.stringContaining(`was signed by ${signature.key}`)})
    const good = {
      code: 0,
      out: `release 3 of notes: commit abc, 0 outputs, live then, signed by ${signature.key}\n`,
      err: '',
    }
    expect(await cli('receipt', 'verify', file, '--key', signature.key)).toEqual(good)
    await ledger.db.insertInto('facts').values({name: 'receipt-key', value: signature.key}).execute()
    expect(await cli('receipt', 'verify', file)).toEqual(good)
    await writeFile(file, JSON.stringify({receipt: {...receipt, commit: 'abd'}, signature}))
    expect((await cli('receipt', 'verify', file)).err).toContain('is not as it was signed')
    await writeFile(file, '{}')
    expect((await cli('receipt', 'verify', file)).err).toContain('holds no receipt')
    expect(await cli('receipt', 'three')).toMatchObject({code: 2})
  })
})

describe('gc', () => {
  test('says what is collected, what would be, and what waits', async () => {
    const asked: unknown[] = []
    const nothing = {assets: 0, binaries: 0, waiting: 0, versions: 0, outputs: 0, texts: 0, fragments: 0}
    const none = {...nothing, events: 0, told: 0}
    let answer = {...none, binaries: 2, waiting: 3, versions: 40}
    const gc = async (payload: unknown) => {
      asked.push(payload)
      return answer
    }
    const {ledger} = installed
    const log = createLogger({service: 'publisher', level: 'silent'})
    service = serveRequests({ledger, service: 'publisher', handlers: {gc}, log, clock: systemClock, everyMs: 20})
    await service.start()
    expect(await cli('gc', '--dry-run')).toEqual({
      code: 0,
      out: 'would be collected: 2 files below private/, 40 versions of posts, pages and files\n',
      err: '3 files below private/ go when nothing has named them for a day\n',
    })
    answer = none
    expect((await cli('gc', '--assets-now')).out).toBe('nothing of notes is to be collected\n')
    expect(asked).toEqual([
      {site: siteName, dryRun: true, withAssets: false},
      {site: siteName, dryRun: false, withAssets: true},
    ])
  })
})

describe('verify', () => {
  const counts = {missing: 0, altered: 0, stale: 0, foreign: 0}
  const report = {site: siteName, checked: 9, asked: 9, counts, faults: [], inDoubt: 0, repaired: 0}

  async function answer(given: object): Promise<unknown[]> {
    const asked: unknown[] = []
    const log = createLogger({service: 'publisher', level: 'silent'})
    const verify = async (payload: unknown) => {
      asked.push(payload)
      return {...report, ...given}
    }
    const {ledger} = installed
    service = serveRequests({ledger, service: 'publisher', handlers: {verify}, log, clock: systemClock, everyMs: 20})
    await service.start()
    return asked
  }

  test('ends with 0 where all is as it must be', async () => {
    const asked = await answer({})
    expect(await cli('verify', '--sample', '9')).toEqual({
      code: 0,
      out: '',
      err: 'notes: 9 outputs compared with the manifest, 9 of them at the public URL: all as they must be\n',
    })
    expect(asked).toEqual([{site: siteName, repair: false, sample: 9}])
  })

  test('ends with 1 and a list where something is not, and with 0 once it is repaired', async () => {
    await installed.push({'posts/one.md': post('One')})
    await addRelease(1)
    const faults = [
      {fault: 'missing', path: '/posts/a/'},
      {fault: 'foreign', path: 'left.txt'},
    ]
    await answer({counts: {...counts, missing: 1, foreign: 1}, faults})
    const found = await cli('verify')
    expect(found).toMatchObject({code: 1, out: 'missing  /posts/a/\nforeign  left.txt\n'})
    await service?.stop()
    await answer({counts: {...counts, missing: 1, foreign: 1}, faults, repaired: 1})
    const repaired = await cli('verify', '--repair')
    expect(repaired.code).toBe(0)
    expect(repaired.err).toContain('1 were built and put again')
  })

  test('a sample of nothing is refused', async () => {
    expect(await cli('verify', '--sample', '0')).toMatchObject({code: 2})
  })
})
