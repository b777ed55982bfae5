import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {runCli} from './test-cli.ts'
import {post} from './test-installation.ts'

let dir: string
const now = Date.parse('2026-11-20T23:30:00Z')

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'broadside-new-'))
  await mkdir(join(dir, 'posts'))
  await writeFile(join(dir, 'broadside.yaml'), 'title: Notes\ntimezone: Europe/Berlin\n')
})
afterAll(() => rm(dir, {recursive: true, force: true}))

const run = (...argv: string[]) => runCli(argv, {cwd: dir, clock: {now: () => now}})

test('a new post has slug, date in the zone of the site, and is a draft until its author says so', async () => {
  expect(await run('new', 'When  NATS, "when" Kafka?', '--tags', 'queues, a b')).toEqual({
    code: 0,
    out: 'posts/2026-11-21-when-nats-when-kafka.md\n',
    err: '',
  })
  expect(await readFile(join(dir, 'posts/2026-11-21-when-nats-when-kafka.md'), 'utf8')).toBe(
    '---\ntitle: "When NATS, \\"when\\" Kafka?"\ndate: 2026-11-21T00:30:00+01:00\ntags: ["queues", "a b"]\ndraft: true\n---\n\n',
  )
  expect((await run('list', 'drafts')).out).toBe(
    'draft  posts/2026-11-21-when-nats-when-kafka.md  When NATS, "when" Kafka?\n',
  )
})

test('nothing is overwritten, by its name or by its address', async () => {
  await writeFile(join(dir, 'posts/old.md'), post('Old', {more: 'slug: taken\n'}))
  expect(await run('new', 'Taken')).toMatchObject({
    code: 2,
    err: expect.stringContaining('posts/old.md already has') as string,
  })
  await run('new', 'Twice', '--folder', '--ready')
  await writeFile(join(dir, 'posts/2026-11-21-twice/index.md'), 'my words, without front matter yet\n')
  expect(await run('new', 'Twice', '--folder')).toMatchObject({code: 2})
  expect(await readFile(join(dir, 'posts/2026-11-21-twice/index.md'), 'utf8')).toMatch(/^my words/)
  expect((await run('new', '???')).err).toContain('has no letter or digit')
})

test('list tells what is scheduled, published and expired, each in its order', async () => {
  await writeFile(join(dir, 'posts/b.md'), post('B', {date: '2027-01-01'}))
  await writeFile(join(dir, 'posts/a.md'), post('A', {date: '2027-02-01'}))
  await writeFile(join(dir, 'posts/over.md'), post('Over', {date: '2026-01-01', more: 'expires: 2026-02-01\n'}))
  await writeFile(join(dir, 'posts/broken.md'), post('Broken', {date: 'soon'}))
  const paths = async (what: string) =>
    (JSON.parse((await run('list', what, '--json')).out) as {path: string}[]).map(({path}) => path)
  expect(await paths('scheduled')).toEqual(['posts/b.md', 'posts/a.md'])
  expect(await paths('expired')).toEqual(['posts/over.md'])
  expect(await paths('published')).toEqual(['posts/2026-11-21-twice/index.md', 'posts/old.md'])
  expect(await run('list', 'expired')).toEqual({
    code: 0,
    out: '2026-01-31T23:00Z  posts/over.md  Over\n',
    err: '1 post cannot be read; broadside check tells why\n',
  })
  expect((await run('list', 'everything')).code).toBe(2)
})
