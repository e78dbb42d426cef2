namespace Vedette.Agent.Tests.Schedule;

public sealed class JointStartTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(1000)]
    public async Task All_that_wait_begin_once_when_they_are_told_to(int count)
    {
        var start = new JointStart();
        var begun = new int[count];
        var runs = Enumerable.Range(0, count).Select(BeginAsync).ToList();
        begun.ShouldAllBe(times => times == 0);
        JointStart.Go(start.Take());
        await Task.WhenAll(runs).WaitAsync(TimeSpan.FromSeconds(30));
        begun.ShouldAllBe(times => times == 1);
        start.Take().ShouldBeEmpty();

        async Task BeginAsync(int number)
        {
            await start;
            Interlocked.Increment(ref begun[number]);
        }
    }

    [Fact]
    public async Task One_that_blocks_holds_up_only_those_that_share_its_thread()
    {
        var start = new JointStart();
        using var free = new ManualResetEventSlim();
        var blocked = BeginAsync(free.Wait);
        var sharing = Enumerable.Range(0, 31).Select(_ => BeginAsync(static () => { })).ToList();
        var others = Enumerable.Range(0, 100).Select(_ => BeginAsync(static () => { })).ToList();
        var going = Task.Run(() => JointStart.Go(start.Take()));
        await Task.WhenAll(others).WaitAsync(TimeSpan.FromSeconds(30));
        sharing.ShouldAllBe(run => !run.IsCompleted);
        free.Set();
        await Task.WhenAll([blocked, going, .. sharing]).WaitAsync(TimeSpan.FromSeconds(30));

        async Task BeginAsync(Action action)
        {
            await start;
            action();
        }
    }
}
