// Behind a file of its own, so that a bundler keeps only this class of the library, although it is
// imported dynamically.
export { KubeConfig } from '@kubernetes/client-node';
