import {describe, expect} from 'vitest'
import {changesBetween, openSiteView} from '@broadside/ledger'
import {affectedOutputs, allOutputs} from '@broadside/site'
import {post, siteName, test, type Stage} from './stage.fixture.ts'

/** What the last push builds again, and what a fresh publish has, of these addresses. */
async function outputsAt(stage: Stage, number: number, addresses: string[]) {
  const [before, after] = [
    await openSiteView(stage.ledger.db, siteName, number - 1),
    await openSiteView(stage.ledger.db, siteName, number),
  ]
  const changes = await changesBetween(stage.ledger.db, siteName, number - 1, number)
  const affected = await affectedOutputs({before, after, changes})
  const fresh: string[] = []
  for await (const {address} of allOutputs(after)) fresh.push(address)
  const among = (all: string[]) => all.filter((address) => addresses.includes(address)).toSorted()
  return {affected: among(affected.map(({address}) => address)), fresh: among(fresh)}
}

describe('what comes and goes within one push leaves an answer at its address, in that very push:', () => {
  test('a post', async ({stage}) => {
    await stage.push({'posts/stays.md': post()})
    await stage.commit({'posts/brief.md': post()})
    const {number} = await stage.push({'posts/brief.md': undefined})
    const addresses = ['/posts/brief/']
    expect(await outputsAt(stage, number, addresses)).toEqual({affected: addresses, fresh: addresses})
  })

  test('a page, under each address that it had', async ({stage}) => {
    await stage.push({'pages/stays.md': post()})
    await stage.commit({'pages/brief.md': post(), 'pages/stays.md': post('permalink: /between/')})
    await stage.commit({'pages/brief.md': post('permalink: /shortly/')})
    const {number} = await stage.push({'pages/brief.md': undefined, 'pages/stays.md': post()})
    const addresses = ['/between/', '/brief/', '/shortly/']
    expect(await outputsAt(stage, number, addresses)).toEqual({affected: addresses, fresh: addresses})
  })

  test('an address that posts had while the site had another permalink', async ({stage}) => {
    await stage.push({'posts/stays.md': post('date: 2026-11-01'), 'posts/brief.md': post('date: 2026-11-01')})
    await stage.commit({'broadside.yaml': 'title: Site\npermalink: /p/:slug.html\n'})
    await stage.commit({'broadside.yaml': 'title: Site\npermalink: [broken\n', 'posts/brief.md': undefined})
    const {number} = await stage.push({'broadside.yaml': 'title: Site\n'})
    const addresses = ['/p/brief.html', '/p/stays.html']
    expect(await outputsAt(stage, number, addresses)).toEqual({affected: addresses, fresh: addresses})
  })

  test('and nothing of a draft', async ({stage}) => {
    await stage.push({'pages/stays.md': post()})
    await stage.commit({'pages/brief.md': post('draft: true'), 'posts/brief.md': post('draft: true')})
    const {number} = await stage.push({'pages/brief.md': undefined, 'posts/brief.md': undefined})
    expect(await outputsAt(stage, number, ['/brief/', '/posts/brief/'])).toEqual({affected: [], fresh: []})
  })
})
