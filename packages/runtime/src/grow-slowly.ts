import {setFlagsFromString} from 'node:v8'

/**
 * Has V8 collect all of a heap of this process once it has grown by three tenths, from now on and in all its threads.
 * Programs start with heaps that may double (`tools/run`), which takes less time and, of hundreds of megabytes, too much
 * memory. For work on more than some ten thousand posts; it stays so, since a site of that size stays so.
 */
export function growSlowly(): void {
  setFlagsFromString('--heap-growing-percent=30')
}
