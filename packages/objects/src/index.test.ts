import {expect, test} from 'vitest'
import * as objects from './index.ts'

test('the public names are these', () => {
  expect(Object.keys(objects).sort()).toEqual([
    'cacheControlOf',
    'cacheKindOf',
    'contentTypeOf',
    'createPace',
    'defaultHeaders',
    'objectsSiteConfig',
    'openObjects',
    'openSiteObjects',
    'parseObjectsUrl',
    'sameHeaders',
  ])
})
