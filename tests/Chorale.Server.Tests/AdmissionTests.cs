namespace Chorale.Server.Tests;

public class AdmissionTests
{
    [Fact]
    public async Task Requests_run_in_the_order_they_came_and_those_who_leave_the_queue_are_passed_over()
    {
        Admission admission = new(parallel: 1, queueLength: 3, TimeProvider.System);
        Admission.Place first = admission.Enter(), second = admission.Enter(), third = admission.Enter(), fourth = admission.Enter();
        Task waitSecond = second.WaitAsync(CancellationToken.None), waitThird = third.WaitAsync(CancellationToken.None), waitFourth = fourth.WaitAsync(CancellationToken.None);

        await first.WaitAsync(CancellationToken.None);
        Assert.Equal((1, 3), (admission.Running, admission.Waiting));
        second.Dispose();
        Assert.Equal((1, 2), (admission.Running, admission.Waiting));
        first.Dispose();
        await waitThird;
        Assert.False(waitSecond.IsCompleted);
        Assert.False(waitFourth.IsCompleted);
        third.Dispose();
        third.Dispose();
        await waitFourth;
        fourth.Dispose();
        Assert.Equal((0, 0), (admission.Running, admission.Waiting));
    }

    [Fact]
    public void One_more_than_may_wait_is_refused_with_the_time_to_come_back()
    {
        Admission admission = new(parallel: 1, queueLength: 1, TimeProvider.System);
        using Admission.Place running = admission.Enter();
        Admission.Place waiting = admission.Enter();

        ApiException e = Assert.Throws<ApiException>(admission.Enter);
        Assert.Equal((429, "rate_limit_exceeded"), (e.Status, e.Code));
        Assert.True(e.RetryAfter >= TimeSpan.FromSeconds(1));

        waiting.Dispose();
        using Admission.Place other = admission.Enter();
        Assert.Equal(1, admission.Waiting);
    }
}
