import {describe, expect} from 'vitest'
import {until} from '@broadside/testkit'
import {createBlobReader} from './blob-reader.ts'
import {test} from './test-mirror.ts'

describe('readBlob', () => {
  test('reads many files at once, each its own bytes', async ({stage: {repo, open, publish}}) => {
    const mirror = await open()
    const contents = Array.from({length: 200}, (_, index) => Buffer.alloc(index * 997, `${index}\n\0`))
    await repo.write(Object.fromEntries(contents.map((bytes, index) => [`posts/${index}.bin`, bytes])))
    await repo.commit()
    await publish(mirror)
    const listed = await repo.git('ls-tree', '-r', 'HEAD')
    const oids = new Map(listed.split('\n').map((line) => [line.split('\t')[1], line.split(/\s/)[2]]))
    const read = await Promise.all(contents.map((_, index) => mirror.readBlob(oids.get(`posts/${index}.bin`) ?? '')))
    expect(read.map((bytes) => Buffer.from(bytes).toString('base64'))).toEqual(
      contents.map((bytes) => bytes.toString('base64')),
    )
  })

  test('refuses a large file by its size, and goes on with the next', async ({stage: {repo, open, publish}}) => {
    const mirror = await open()
    await repo.write({'big.bin': Buffer.alloc(3_000_000, 7), 'small.md': 'small'})
    const head = await repo.commit()
    await publish(mirror)
    const big = await repo.git('rev-parse', 'HEAD:big.bin')
    const small = await repo.git('rev-parse', 'HEAD:small.md')
    const answers = await Promise.allSettled([
      mirror.readBlob(big, {maxBytes: 1_000_000}),
      mirror.readBlob(small),
      mirror.readBlob(big),
      mirror.readBlob(head),
      mirror.readBlob('0'.repeat(40)),
    ])
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.length : answer.reason.code))).toEqual(
      ['git.blob.too-large', 5, 3_000_000, 'git.blob.missing', 'git.blob.missing'],
    )
  })

  test('sees what a later fetch brought', async ({stage: {repo, open, publish}}) => {
    const mirror = await open()
    for (const text of ['one', 'two']) {
      await repo.write({'posts/a.md': text})
      await repo.commit()
      await publish(mirror)
      const oid = await repo.git('rev-parse', 'HEAD:posts/a.md')
      expect(Buffer.from(await mirror.readBlob(oid)).toString()).toBe(text)
    }
  })

  test('ends a process that has read much when it is asked nothing more', async ({
    stage: {repo, dir, open, publish},
  }) => {
    const mirror = await open()
    const head = await repo.commit()
    await publish(mirror)
    await mirror.close()
    const blobs = createBlobReader(dir, {restAfter: 2, idleMs: 20})
    const processes = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length
    await until('only its own are counted', () => processes() === 0)
    const ask = async (times: number) => {
      for (let n = 0; n < times; n += 1) expect(await blobs.info(head)).toMatchObject({oid: head, type: 'commit'})
    }
    await ask(3)
    await until('its process has ended', () => processes() === 0)
    await ask(1)
    expect(processes()).toBe(1)
    await blobs.close()
  })

  test('ends none that is asked again, after many answers that came at once', async ({
    stage: {repo, dir, open, publish},
  }) => {
    const mirror = await open()
    const head = await repo.commit()
    await publish(mirror)
    const idleMs = 40
    const blobs = createBlobReader(dir, {restAfter: 2, idleMs})
    const many = () => Promise.all(Array.from({length: 500}, () => blobs.info(head)))
    for (const until = performance.now() + 5 * idleMs; performance.now() < until;)
      expect((await many()).every((found) => found?.oid === head)).toBe(true)
    await blobs.close()
  })

  test('starts again after it was closed', async ({stage: {repo, open, publish}}) => {
    const mirror = await open()
    const head = await repo.commit()
    await publish(mirror)
    await mirror.close()
    await mirror.close()
    expect(await mirror.resolve('main')).toBe(head)
  })
})

describe('resolve and readFile', () => {
  test('know branch, short and full hash, and nothing else', async ({stage: {repo, open, publish}}) => {
    const mirror = await open()
    const head = await repo.commit()
    await publish(mirror)
    expect(await mirror.resolve('main')).toBe(head)
    expect(await mirror.resolve(head.slice(0, 10))).toBe(head)
    expect(await mirror.resolve(`${head}^`)).toBeUndefined()
    expect(await mirror.resolve('nowhere')).toBeUndefined()
    expect(await mirror.resolve('')).toBeUndefined()
    expect(await mirror.resolve('main\ninfo main')).toBeUndefined()
    expect(await mirror.resolve('--all')).toBeUndefined()
  })

  test('find a file by its path', async ({stage: {repo, open, publish}}) => {
    const mirror = await open()
    await repo.write({'broadside.yaml': 'title: x', 'posts/a b/index.md': 'deep'})
    const head = await repo.commit()
    await publish(mirror)
    const read = async (path: string) => {
      const bytes = await mirror.readFile(head, path)
      return bytes && Buffer.from(bytes).toString()
    }
    expect(await read('broadside.yaml')).toBe('title: x')
    expect(await read('posts/a b/index.md')).toBe('deep')
    expect(await read('posts')).toBeUndefined()
    expect(await read('posts/none.md')).toBeUndefined()
    expect(await read('none/none.md')).toBeUndefined()
  })
})
