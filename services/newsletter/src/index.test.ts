import {expect, test} from 'vitest'
import * as newsletter from './index.ts'

test('the public names', () => {
  expect(Object.keys(newsletter).toSorted()).toEqual([
    'createNewsletter',
    'createRules',
    'createSigners',
    'createSubmitters',
    'newsletterConfig',
    'newsletterSiteConfig',
  ])
})
