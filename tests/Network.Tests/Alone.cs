// Real time and real links: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
