import {expect, test} from 'vitest'
import {svgSize} from './svg-size.ts'

test.for([
  [
    {width: '760', height: '360', viewBox: '0 0 76 36'},
    {width: 760, height: 360, fixed: true},
  ],
  [
    {width: '10mm', height: '1in'},
    {width: 38, height: 96, fixed: true},
  ],
  [
    {width: '300px', viewBox: '0,0,200,100'},
    {width: 300, height: 150, fixed: true},
  ],
  [
    {height: '50', viewBox: '0 0 200 100'},
    {width: 100, height: 50, fixed: true},
  ],
  [
    {width: '100%', height: '100%', viewBox: '0 0 24 24'},
    {width: 24, height: 24, fixed: false},
  ],
  [{viewBox: '0 0 x 24'}, {width: 0, height: 0, fixed: false}],
  [{}, {width: 0, height: 0, fixed: false}],
] as const)('%o', ([root, size]) => {
  expect(svgSize(root as Record<string, string>)).toEqual(size)
})
