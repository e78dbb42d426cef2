// What one test measures must not be what another one costs.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
