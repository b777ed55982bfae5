import {expect, test} from 'vitest'
import {keepLookups} from './keep-lookups.ts'
import type {SiteView} from './site-view.ts'

/** A view of which only what a path or an address stands for is asked; `asked` tells how often. */
function counted(answer: (name: string) => Promise<string | undefined>) {
  const asked: string[] = []
  const ask = (name: string) => {
    asked.push(name)
    return answer(name)
  }
  const view = keepLookups({aliasAt: ask} as unknown as SiteView)
  return {view, asked}
}

test('what was asked lately is answered again, what nobody has too', async () => {
  const {view, asked} = counted(async (name) => (name === '/old/' ? '/new/' : undefined))
  const answers = await Promise.all(['/old/', '/none/', '/old/', '/none/'].map((name) => view.aliasAt(name)))
  expect(answers).toEqual(['/new/', undefined, '/new/', undefined])
  expect(asked).toEqual(['/old/', '/none/'])
})

test('what is asked again stays, and what was asked longest ago goes', async () => {
  const {view, asked} = counted(async (name) => name)
  await view.aliasAt('/often/')
  for (let n = 0; n < 1_500; n += 1) {
    await view.aliasAt(`/${n}/`)
    await view.aliasAt('/often/')
  }
  expect(asked.filter((name) => name === '/often/')).toHaveLength(1)
  await view.aliasAt('/0/')
  expect(asked.filter((name) => name === '/0/')).toHaveLength(2)
})

test('a question that failed is asked again', async () => {
  let isAway = true
  const {view} = counted(async (name) => {
    if (isAway) throw new Error('the ledger is away')
    return name
  })
  await expect(view.aliasAt('/a/')).rejects.toThrow('away')
  isAway = false
  expect(await view.aliasAt('/a/')).toBe('/a/')
})

test('a file is looked at each time, for its image may have turned out broken meanwhile', async () => {
  let looks = 0
  const asset = async () => ({path: 'a.png', hash: 'h', size: (looks += 1)})
  const view = keepLookups({asset} as unknown as SiteView)
  expect([(await view.asset('a.png'))?.size, (await view.asset('a.png'))?.size]).toEqual([1, 2])
})

test('a file that is not there is looked for once', async () => {
  const asked: string[] = []
  const asset = async (path: string) => void asked.push(path)
  const view = keepLookups({asset} as unknown as SiteView)
  await view.asset('none.png')
  expect(await view.asset('none.png')).toBeUndefined()
  expect(asked).toEqual(['none.png'])
})
