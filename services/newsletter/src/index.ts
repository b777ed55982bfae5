export {newsletterConfig} from './config.ts'
export {createNewsletter} from './create-newsletter.ts'
export {createRules, createSigners, createSubmitters, newsletterSiteConfig} from './site-config.ts'
export type {NewsletterDeps, NewsletterOptions} from './newsletter.ts'
