import {openHolds} from '@broadside/ledger'
import {describe, expect} from 'vitest'
import {formatAnswer} from './index.ts'
import {post, siteName, test, type Changes, type Stage} from './stage.fixture.ts'

const posts = (from: number, to: number, text?: string): Changes =>
  Object.fromEntries(
    Array.from({length: to - from}, (_, n) => [
      `posts/p${from + n}.md`,
      text === undefined ? undefined : post('', text),
    ]),
  )

async function held(stage: Stage): Promise<number[]> {
  return (await openHolds(stage.ledger.db, siteName)).map(({revision}) => revision)
}

describe('a revision that takes posts away', () => {
  test('is held when they are more than ten and more than a third, and says so in the answer', async ({stage}) => {
    await stage.push(posts(0, 30, 'Text.'))
    const few = await stage.push(posts(0, 10))
    expect(few.summary.held).toBeUndefined()
    const many = await stage.push(posts(10, 21))
    expect(many.summary.held).toBe('it would take 11 of 20 posts off the site')
    expect(formatAnswer('notes', many)).toContain(
      '11 removed; held: it would take 11 of 20 posts off the site, broadside approve notes lets it go; mail: none',
    )
    expect(await held(stage)).toEqual([3])
  })

  test('is not held when it leaves two thirds, and drafts count like files that are gone', async ({stage}) => {
    await stage.push(posts(0, 36, 'Text.'))
    await stage.push(posts(0, 12))
    expect(await held(stage)).toEqual([])
    await stage.push(Object.fromEntries(Object.keys(posts(12, 24)).map((path) => [path, post('draft: true')])))
    expect(await held(stage)).toEqual([3])
  })

  test('holds what comes after it, until that brings enough of them back', async ({stage}) => {
    await stage.push(posts(0, 20, 'Text.'))
    await stage.push(posts(0, 15))
    const next = await stage.push({'posts/new.md': post()})
    expect(next.summary.held).toBe('it would take 15 of 20 posts off the site')
    expect(await held(stage)).toEqual([3, 2])
    const back = await stage.push(posts(0, 9, 'Text.'))
    expect(back.summary.held).toBeUndefined()
    expect(await held(stage)).toEqual([])
  })

  test('is not held when time takes them away', async ({stage}) => {
    await stage.push(Object.fromEntries(Object.keys(posts(0, 20)).map((path) => [path, post('expires: 2026-11-04')])))
    stage.now = Date.parse('2026-11-04')
    expect((await stage.tick())?.summary.counts.removed).toBe(20)
    expect(await held(stage)).toEqual([])
  })
})
