import {BroadsideError} from '@broadside/runtime'
import type {CardOrder} from '../cards/card-facts.ts'
import {recipeName, type ImageOrder, type ImageRecipe} from '../recipes.ts'
import type {ImagePool} from './create-image-pool.ts'
import {stripImage} from './strip-image.ts'

/** Where a site's images are, and what was made of them. Each method may be called again with the same. */
export type ImageShelf = {
  /** The author's file. Rejects where it is lost. */
  read(source: string): Promise<Uint8Array>
  /** What was made of it before: name of the recipe → SHA-256. */
  made(source: string): Promise<ReadonlyMap<string, string>>
  /** Keeps bytes under their SHA-256, which it gives. */
  keep(bytes: Uint8Array): Promise<string>
  /** Remembers what was made, once it is kept. */
  record(source: string, made: {recipe: string; hash: string}[]): Promise<void>
  /** Remembers that the image has no variants. */
  refuse(source: string, reason: string): Promise<void>
}

export type ImageMaker = {
  /**
   * The SHA-256 of what an order asks for, made on the first call and found on any other; undefined where the variants of
   * an image cannot be made. Of those there are all or none, so that a page never names some that are missing.
   */
  make(order: ImageOrder | CardOrder): Promise<string | undefined>
  /** Makes it anew, for a shelf that has lost it: the bytes, and so their names, are the same. */
  makeAgain(order: ImageOrder | CardOrder): Promise<void>
}

/** Orders that come while the same is being made wait for it. */
export function createImageMaker({
  pool,
  shelf,
}: {
  pool: Pick<ImagePool, 'make' | 'card'>
  shelf: ImageShelf
}): ImageMaker {
  const underWay = new Map<string, Promise<void>>()

  async function makeAll({source, format, together}: ImageOrder): Promise<void> {
    const bytes = await shelf.read(source)
    const made = await Promise.all(
      together.map(async (recipe) => ({recipe, made: await pool.make(format, recipe, bytes)})),
    )
    const files: {recipe: ImageRecipe; bytes: Uint8Array}[] = []
    for (const {recipe, made: one} of made) {
      if (one.ok) files.push({recipe, bytes: one.bytes})
      else if (recipe.make === 'clean') files.push({recipe, bytes: plainest(format, bytes)})
      else return shelf.refuse(source, one.reason)
    }
    const kept = files.map(async (file) => ({recipe: recipeName(file.recipe), hash: await shelf.keep(file.bytes)}))
    await shelf.record(source, await Promise.all(kept))
  }

  /** What cannot be drawn, whatever the reason, is drawn without its texts: a page has named the card already. */
  async function makeCard({source, recipe, card}: CardOrder): Promise<void> {
    let made = await pool.card(card)
    if (!made.ok) made = await pool.card({...card, title: '', site: '', by: '', date: ''})
    if (!made.ok)
      throw new BroadsideError('transient', 'images.card', `a card could not be drawn: ${made.reason}`, {
        hint: 'Look at the memory the host has left; it is tried again',
      })
    await shelf.record(source, [{recipe: recipeName(recipe), hash: await shelf.keep(made.bytes)}])
  }

  function makeOnce(order: ImageOrder | CardOrder): Promise<void> {
    const key = `${order.source} ${order.recipe.make}`
    const start = () => ('card' in order ? makeCard(order) : makeAll(order))
    const work = underWay.get(key) ?? start().finally(() => underWay.delete(key))
    underWay.set(key, work)
    return work
  }

  return {
    makeAgain: makeOnce,
    async make(order) {
      const name = recipeName(order.recipe)
      const before = await shelf.made(order.source)
      const known = before.get(name)
      if (known !== undefined) return known
      await makeOnce(order)
      return (await shelf.made(order.source)).get(name)
    },
  }
}

/** What is published of an image whose process had to be ended: its picture as it is, and of a drawing nothing. */
function plainest(format: ImageOrder['format'], bytes: Uint8Array): Uint8Array {
  return format === 'svg'
    ? Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>\n')
    : Buffer.from(stripImage(format, bytes).bytes)
}
