// Only its files are used: the CRDs of its kinds. Nothing of it is built, so `go mod tidy` would leave nothing here.
module temper.codes/lab/prometheus-operator

go 1.26.0

require github.com/prometheus-operator/prometheus-operator v0.94.1
