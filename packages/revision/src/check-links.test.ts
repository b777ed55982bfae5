import {createRenderPool} from '@broadside/markdown/pool'
import {afterAll, describe, expect} from 'vitest'
import {checkLinks, formatAnswer} from './index.ts'
import {post, test, type Stage} from './stage.fixture.ts'

const pool = createRenderPool({size: 1, budgetMs: 20_000})
afterAll(() => pool.close())

/** Renders a revision and looks at its links: what is told of them. */
async function linksOf(stage: Stage, revision: number): Promise<string[]> {
  await stage.render(revision, pool)
  await checkLinks(stage.ledger)
  const rows = await stage.ledger.db
    .selectFrom('diagnostics')
    .selectAll()
    .where('revision', '=', revision)
    .where('code', 'in', ['link.broken', 'link.anchor', 'redirect.broken'])
    .orderBy('file')
    .execute()
  return rows.map(({file, line, column_number: column, cure}) => `${file}:${line}:${column} ${cure}`)
}

describe('links that lead nowhere', () => {
  test('are told with place and what was probably meant, and again where a push takes their target away', async ({
    stage,
  }) => {
    const first = await stage.push({
      'posts/2026-11-01-when-nats.md': post('', '# When\n\n[self](#wehn) and [past](#when).'),
      'posts/b.md': post('', 'See [nats](2026-11-01-when-nats.md#when) and [it](whn-nats.md).'),
      'pages/about.md': post('', 'Of [us](/posts/b/#nothing-here).'),
    })
    expect(await linksOf(stage, first.number)).toEqual([
      'pages/about.md:6:4 Link to a heading by its words, in lower case and with hyphens, or give the place an id.',
      'posts/2026-11-01-when-nats.md:8:1 Did you mean "#when"?',
      'posts/b.md:6:46 Did you mean "2026-11-01-when-nats.md"?',
    ])

    const heading = await stage.push({'posts/2026-11-01-when-nats.md': post('', '# Whenever')})
    expect(await linksOf(stage, heading.number)).toEqual([
      'posts/b.md:6:5 Link to a heading by its words, in lower case and with hyphens, or give the place an id.',
      'posts/b.md:6:46 Did you mean "2026-11-01-when-nats.md"?',
    ])

    const removed = await stage.push({'posts/2026-11-01-when-nats.md': undefined, 'posts/c.md': post()})
    expect(formatAnswer('notes', removed)).toContain('\n  posts/b.md:6:5 Nothing that is published is at')
    expect(await linksOf(stage, removed.number)).toHaveLength(2)
    expect(await stage.told(removed.number)).toHaveLength(2)

    const elsewhere = await stage.push({'posts/d.md': post()})
    expect(elsewhere.leftBehind).toBeUndefined()
    expect(await linksOf(stage, elsewhere.number)).toEqual([])
  })

  test('are told once, whoever looks and however often', async ({stage}) => {
    const {number} = await stage.push({'posts/a.md': post('', '[gone](gone.md)'), 'redirects.yaml': '/x/: /nowhere/\n'})
    await stage.render(number, pool)
    await Promise.all([checkLinks(stage.ledger), checkLinks(stage.ledger)])
    expect(await checkLinks(stage.ledger)).toEqual([])
    expect(await stage.told(number)).toEqual([
      'warning link.broken posts/a.md:6:1',
      'warning redirect.broken redirects.yaml',
    ])
  })
})
