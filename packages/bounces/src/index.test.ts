import {expect, test} from 'vitest'
import * as bounces from './index.ts'

test('the public names of the package', () => {
  expect(Object.keys(bounces).toSorted()).toEqual([
    'createMailgun',
    'createPostmark',
    'createReturnPaths',
    'createSendGrid',
    'createSes',
    'isWornOut',
    'judgeRefusal',
    'readMailReport',
  ])
})
