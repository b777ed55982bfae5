import {expect, test} from 'vitest'
import {imageEnding, recipeName, variantsOf, type ImageFacts} from './index.ts'

const photo: ImageFacts = {format: 'jpeg', width: 4000, height: 3000, fixed: true, animated: false, sound: true}

const widthsOf = (facts: Partial<ImageFacts>, bytes = 100_000) =>
  variantsOf({...photo, ...facts}, bytes)
    .filter(({format}) => format === 'avif')
    .map(({width}) => width)

test('variants are never wider than their source, and never twice nearly the same', () => {
  expect(widthsOf({})).toEqual([480, 720, 1080, 1440])
  expect(widthsOf({width: 1440})).toEqual([480, 720, 1080, 1440])
  expect(widthsOf({width: 1200})).toEqual([480, 720, 1200])
  expect(widthsOf({width: 700})).toEqual([480, 700])
  expect(widthsOf({width: 300})).toEqual([300])
})

test('there are none of drawings, of what moves, of what is broken or small', () => {
  expect(widthsOf({format: 'svg'})).toEqual([])
  expect(widthsOf({format: 'gif', animated: true})).toEqual([])
  expect(widthsOf({sound: false})).toEqual([])
  expect(widthsOf({}, 3_000)).toEqual([])
})

test('a recipe is named with the version of the encoder', () => {
  expect(recipeName({make: 'clean'})).toBe('clean-1')
  expect(recipeName({make: 'variant', width: 720, format: 'avif'})).toBe('720-1.avif')
})

test.for([
  ['posts/a/SEA.JPG', 'jpg'],
  ['assets/a.b.svg', 'svg'],
  ['assets/data.csv', undefined],
  ['assets/jpg', undefined],
])('%s ends as an image in %s', ([path, ending]) => {
  expect(imageEnding(path!)).toBe(ending)
})
