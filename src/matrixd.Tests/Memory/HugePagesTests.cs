using System.Runtime.InteropServices;
using Matrixd.Memory;
using Xunit;

namespace Matrixd.Tests.Memory;

public sealed unsafe class HugePagesTests
{
    [Fact]
    public void Whole_blocks_of_memory_of_our_own_are_taken_and_nothing_else()
    {
        string[] maps =
        [
            "557623de2000-55762493f000 r-xp 0002a000 fe:00 13287426                   /usr/bin/matrixd", // code
            "557625264000-55762574f000 rw-p 00000000 00:00 0 ", // from ...264000: two blocks begin, one is whole
            "55762e800000-55762ec00000 rw-p 00000000 00:00 0                          [heap]",
            "7f5ef4000000-7f5ef41ff000 rw-p 00000000 00:00 0 ", // a page too short
            "7f5ef4200000-7f5ef8000000 ---p 00000000 00:00 0 ", // reserved
            "7f5f28cc5000-7f5f29f42000 rw-p 000c5000 fe:00 332131                     /var/lib/matrixd/matrixd.db-shm",
            "7ffc1a000000-7ffc1a400000 rw-p 00000000 00:00 0                          [stack]",
            "7f5f46c00000-7f5f47000000 rw-s 00000000 00:00 0 ", // shared with another process
        ];

        Assert.Equal([0x557625400000, 0x55762e800000, 0x55762ea00000], HugePages.Blocks(maps).Select(block => (long)block));
    }

    [Theory]
    [InlineData(447, false)]
    [InlineData(448, true)]
    [InlineData(512, true)]
    public void A_block_is_worth_it_from_seven_eighths_in_use(int inUse, bool isWorthIt)
    {
        byte[] pages = new byte[512];
        pages.AsSpan(0, inUse).Fill(0xFF);
        pages.AsSpan(inUse).Fill(0xFE); // the other bits say nothing

        Assert.Equal(isWorthIt, HugePages.IsInUse(pages));
    }

    [Theory]
    [InlineData("always [madvise] never\n", true)]
    [InlineData("[always] madvise never\n", true)]
    [InlineData("always madvise [never]\n", false)]
    [InlineData("", false)]
    public void What_the_administrator_has_forbidden_is_not_done(string setting, bool isAllowed) => Assert.Equal(isAllowed, HugePages.AreAllowed(setting));

    [Fact]
    public void Memory_that_is_gathered_holds_what_it_held()
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc(HugePages.BlockBytes, HugePages.BlockBytes);
        for (int i = 0; i < HugePages.BlockBytes; i++)
        {
            memory[i] = (byte)(i * 31);
        }

        HugePages.TryGather((nint)memory); // whether this kernel can or not

        int other = 0;
        for (int i = 0; i < HugePages.BlockBytes; i++)
        {
            other += memory[i] == (byte)(i * 31) ? 0 : 1;
        }

        Assert.Equal(0, other);

        NativeMemory.AlignedFree(memory);
    }

    [Fact]
    public void An_address_where_nothing_is_does_no_harm() => Assert.True(HugePages.TryGather(HugePages.BlockBytes)); // page zero's neighbourhood is never mapped
}
