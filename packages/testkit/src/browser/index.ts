export {attacks} from './attacks.ts'
export {findChromium} from './find-chromium.ts'
export {openHostilePage, type HostilePage} from './open-hostile-page.ts'
