import {expect, test} from 'vitest'
import * as images from './index.ts'

test('the package exports', () => {
  expect(Object.keys(images).toSorted()).toEqual([
    'cardOrder',
    'cardSize',
    'cardText',
    'cardVersion',
    'encoderVersion',
    'imageEnding',
    'recipeName',
    'variantFormats',
    'variantsOf',
  ])
})
