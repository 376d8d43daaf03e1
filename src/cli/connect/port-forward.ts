// Behind a file of its own, so that a bundler keeps only this class of the library.
export { PortForward } from '@kubernetes/client-node';
